package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.tunnel.control.ClientSession;

/** server-external has answered at {@code at}, with the right key. */
record Reached(Candidate at, ClientSession session) {}
