package dev.teletun.client.cluster.reach;

import java.net.InetAddress;

/** Where a running pod can be dialled, as the API server told it. */
public record PodAddress(PodName pod, InetAddress address) {}
