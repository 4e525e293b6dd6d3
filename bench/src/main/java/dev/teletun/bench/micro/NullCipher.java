package dev.teletun.bench.micro;

import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of AES-GCM in this JVM, and neither encrypts nor allocates: what is left is ours.
 * Records keep their length; a tag is 16 bytes of zero. It is a provider like any other, so the
 * product needs no switch for it.
 */
public final class NullCipher extends CipherSpi {
  private static final String NAME = "NullCipher";
  private static final int TAG = 16;

  private boolean sealing;

  /** By the provider. */
  public NullCipher() {}

  /** From now on every AES-GCM cipher made in this JVM is one of these, until {@link #remove}. */
  static void install() {
    int _ = Security.insertProviderAt(new First(), 1);
  }

  /** Ciphers made from now on are the JDK's. */
  static void remove() {
    Security.removeProvider(NAME);
  }

  private static final class First extends Provider {
    private static final long serialVersionUID = 1;

    First() {
      super(NAME, "1", "no encryption at all, to measure the rest");
      put("Cipher.AES/GCM/NoPadding", NullCipher.class.getName());
    }
  }

  @Override
  protected void engineInit(
      int mode, Key key, @Nullable AlgorithmParameterSpec parameters, SecureRandom random) {
    sealing = mode == Cipher.ENCRYPT_MODE;
  }

  @Override
  protected void engineUpdateAAD(byte[] bytes, int at, int length) {}

  @Override
  protected int engineDoFinal(byte[] from, int at, int length, byte[] into, int intoAt) {
    int carried = sealing ? length : length - TAG;
    System.arraycopy(from, at, into, intoAt, carried);
    if (!sealing) {
      return carried;
    }
    Arrays.fill(into, intoAt + length, intoAt + length + TAG, (byte) 0);
    return length + TAG;
  }

  // What records have no need of.

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException(mode);
  }

  @Override
  protected void engineSetPadding(String padding) {
    throw new UnsupportedOperationException(padding);
  }

  @Override
  protected int engineGetBlockSize() {
    return TAG;
  }

  @Override
  protected int engineGetOutputSize(int length) {
    return length + TAG;
  }

  @Override
  protected byte[] engineGetIV() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }

  @Override
  protected void engineInit(int mode, Key key, SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void engineInit(
      int mode, Key key, @Nullable AlgorithmParameters parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    throw new InvalidAlgorithmParameterException();
  }

  @Override
  protected byte[] engineUpdate(byte[] bytes, int at, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected int engineUpdate(byte[] bytes, int at, int length, byte[] into, int intoAt) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected byte[] engineDoFinal(byte[] bytes, int at, int length) {
    throw new UnsupportedOperationException();
  }
}
