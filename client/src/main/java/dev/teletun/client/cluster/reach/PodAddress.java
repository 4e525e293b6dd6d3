package dev.teletun.client.cluster.reach;

import io.fabric8.kubernetes.api.model.Pod;
import java.net.InetAddress;

/** Where a running pod can be dialled, as the API server told it. */
record PodAddress(PodName pod, InetAddress address, Pod object) {}
