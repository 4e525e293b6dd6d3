package dev.teletun.client.connect;

import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.message.Token;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What the server says when the pod is ours.
 *
 * @param token of the session; empty for a server of version 1
 * @param resumed the session of before goes on, and so do its associations
 */
record Attachment(
    InetSocketAddress server,
    Optional<Token> token,
    boolean resumed,
    AddressList addresses,
    ResolvConf resolvConf) {}
