package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The client certificate that a plugin gives: each new TLS connection has the newest. */
final class PluginKeyManager extends X509ExtendedKeyManager {
  private static final String NO_PASSPHRASE = "";

  private final PluginCredentials plugin;
  private ExecCredential known; // guarded by this
  private X509ExtendedKeyManager manager; // guarded by this

  /** Reads the first one. */
  PluginKeyManager(PluginCredentials plugin) throws ClusterException {
    this.plugin = plugin;
    known = plugin.current();
    try {
      manager = manager(known);
    } catch (IOException | GeneralSecurityException e) {
      throw ClusterException.failed(
          "the credential plugin of the kubeconfig gave a certificate or key that cannot be read. Try: kubectl get pods",
          e);
    }
  }

  private static X509ExtendedKeyManager manager(ExecCredential credential)
      throws IOException, GeneralSecurityException {
    String key = credential.key().orElse("");
    String algorithm =
        KeyAlgorithm.of(key).orElse(key.contains("BEGIN EC PRIVATE KEY") ? "EC" : "RSA");
    for (KeyManager manager :
        SSLUtils.keyManagers(
            new ByteArrayInputStream(credential.certificate().orElse("").getBytes(US_ASCII)),
            new ByteArrayInputStream(key.getBytes(US_ASCII)),
            algorithm,
            NO_PASSPHRASE,
            null,
            NO_PASSPHRASE)) {
      if (manager instanceof X509ExtendedKeyManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no key manager for X.509");
  }

  /** One that cannot be read is left aside: the API server says no then. */
  private synchronized X509ExtendedKeyManager newest() {
    ExecCredential now = plugin.current();
    if (!now.equals(known)) {
      known = now;
      try {
        manager = manager(now);
      } catch (IOException | GeneralSecurityException _) {
        return manager;
      }
    }
    return manager;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return newest().chooseEngineClientAlias(keyType, issuers, engine);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return newest().chooseClientAlias(keyType, issuers, socket);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return newest().getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return newest().getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return newest().getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null; // we are no server
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
