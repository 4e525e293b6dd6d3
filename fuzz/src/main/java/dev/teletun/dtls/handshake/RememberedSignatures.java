package dev.teletun.dtls.handshake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsServer;
import org.bouncycastle.tls.crypto.TlsStreamSigner;

/** A server's key, which signs the same only once: Ed25519 has no chance in it. */
record RememberedSignatures(TlsCredentialedSigner key) implements TlsCredentialedSigner {
  private static final Remembered SIGNATURES = new Remembered();

  /** The server as it is, but for its credentials. */
  static TlsServer of(TlsServer server) {
    return (TlsServer)
        Proxy.newProxyInstance(
            TlsServer.class.getClassLoader(),
            new Class<?>[] {TlsServer.class},
            (_, method, arguments) -> {
              Object result = call(server, method, arguments);
              return result instanceof TlsCredentialedSigner key
                  ? new RememberedSignatures(key)
                  : result;
            });
  }

  private static Object call(TlsServer server, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public TlsStreamSigner getStreamSigner() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    return new TlsStreamSigner() {
      @Override
      public OutputStream getOutputStream() {
        return message;
      }

      @Override
      public byte[] getSignature() throws IOException {
        return SIGNATURES.of(() -> sign(message), message.toByteArray());
      }
    };
  }

  private byte[] sign(ByteArrayOutputStream message) throws IOException {
    TlsStreamSigner signer = key.getStreamSigner();
    message.writeTo(signer.getOutputStream());
    return signer.getSignature();
  }

  @Override
  public byte[] generateRawSignature(byte[] hash) throws IOException {
    return key.generateRawSignature(hash);
  }

  @Override
  public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
    return key.getSignatureAndHashAlgorithm();
  }

  @Override
  public Certificate getCertificate() {
    return key.getCertificate();
  }
}
