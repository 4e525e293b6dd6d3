package dev.teletun.dtls.keys;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.encoders.DecoderException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The PEM blocks of one small file (RFC 7468). */
record PemFile(Path path, List<PemObject> blocks) {

  /** Far above any key or certificate, far below what a wrong path could make us read. */
  private static final int LARGEST_BYTES = 64 * 1024;

  static PemFile read(Path path) throws KeyFileException {
    String text = text(path);
    List<PemObject> blocks = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        blocks.add(block);
      }
    } catch (IOException | DecoderException | IllegalArgumentException e) {
      throw new KeyFileException(
          path, "its PEM text is damaged. Make the file again, or copy it anew", e);
    }
    if (blocks.isEmpty()) {
      throw new KeyFileException(path, whatInsteadOfPem(text));
    }
    return new PemFile(path, List.copyOf(blocks));
  }

  private static String text(Path path) throws KeyFileException {
    try (var in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LARGEST_BYTES + 1);
      if (bytes.length > LARGEST_BYTES) {
        throw new KeyFileException(
            path, "it is larger than 64 KiB, so it is no key. Is the path right?");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (KeyFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new KeyFileException(
          path, "there is no such file. Check the path; teletun keygen makes a set of keys", e);
    } catch (AccessDeniedException e) {
      throw new KeyFileException(
          path, "we may not read it. Run as its owner, or change its mode or group", e);
    } catch (IOException e) {
      throw new KeyFileException(
          path, "reading it failed: " + e.getMessage() + ". Is it a regular file?", e);
    }
  }

  private static String whatInsteadOfPem(String text) {
    if (text.startsWith("ssh-") || text.startsWith("ecdsa-sha2-")) {
      return "it is an OpenSSH public key. Convert it: ssh-keygen -e -m PKCS8 -f FILE";
    }
    if (text.startsWith("0")) { // 0x30, the ASN.1 SEQUENCE that every DER key starts with
      return "it is DER or something else, not PEM. Convert it: openssl pkey -inform DER -in FILE";
    }
    return "it holds no PEM block (-----BEGIN …-----). Make keys with teletun keygen";
  }
}
