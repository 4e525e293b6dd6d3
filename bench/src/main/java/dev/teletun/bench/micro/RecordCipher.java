package dev.teletun.bench.micro;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The JDK's part of a record, for comparison, and what was tried to make it cheaper. */
@State(Scope.Thread)
public class RecordCipher {
  private static final int ROOM = 2048;

  @Param({"64", "1400"})
  int bytes;

  private final byte[] packet = new byte[ROOM];
  private final byte[] encrypted = new byte[ROOM];
  private final byte[] into = new byte[ROOM];
  private final BareRecord bare = new BareRecord();

  /** Encrypts what is decrypted. */
  @Setup
  public void prepare() throws GeneralSecurityException {
    int _ = bare.encrypt(packet, bytes, encrypted);
  }

  @Benchmark
  public int encrypt() throws GeneralSecurityException {
    return bare.encrypt(packet, bytes, into);
  }

  @Benchmark
  public int encryptInPlace() throws GeneralSecurityException {
    System.arraycopy(packet, 0, into, 0, bytes);
    return bare.encrypt(into, bytes, into);
  }

  @Benchmark
  public int encryptWithReusedParameters() throws GeneralSecurityException {
    return bare.encryptWithReusedParameters(packet, bytes, into);
  }

  @Benchmark
  public int decrypt() throws GeneralSecurityException {
    return bare.decrypt(encrypted, bytes, into);
  }

  @Benchmark
  public void init() throws GeneralSecurityException {
    bare.init(Cipher.DECRYPT_MODE, 0);
  }
}
