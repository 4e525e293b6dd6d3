package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.message.Token;
import java.util.Optional;

/**
 * What the server says when the pod is ours.
 *
 * @param at where the server was dialled
 * @param token of the session; empty for a server of version 1
 * @param resumed the session of before goes on, and so do its associations
 */
record Attachment(
    Candidate at,
    Optional<Token> token,
    boolean resumed,
    AddressList addresses,
    ResolvConf resolvConf) {}
