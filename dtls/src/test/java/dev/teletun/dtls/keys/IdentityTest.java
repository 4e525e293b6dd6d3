package dev.teletun.dtls.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void wrapsEveryKindOfKeyInACertificateThatOpensslVerifies(Kind kind) throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", kind);

    Identity identity = keys.identity();

    Path pem = directory.resolve("wrapped.pem");
    Files.writeString(
        pem,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(identity.certificate().getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    assertThat(Tool.run("openssl", "x509", "-in", pem.toString(), "-noout", "-pubkey"))
        .isEqualTo(Files.readString(keys.publicKey()));
    assertThat(Tool.run("openssl", "verify", "-CAfile", pem.toString(), pem.toString()))
        .contains(": OK");
    assertThat(keys.pin().matchesCertificate(identity.certificate().getEncoded())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void presentsAGivenCertificateAsItIs(Kind kind) throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", kind);

    Identity identity = Identity.load(keys.privateKey(), keys.certificate());

    assertThat(identity.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=own");
    assertThat(Pin.load(keys.certificate()).fingerprint()).isEqualTo(keys.pin().fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openssl rsa -traditional -in KEY -out OTHER",
        "openssl ec -in KEY -out OTHER",
        "openssl pkcs8 -topk8 -nocrypt -in KEY -out OTHER"
      })
  void readsEveryFormThatOpensslWrites(String conversion) throws Exception {
    TestKeys keys =
        TestKeys.make(directory, "own", conversion.contains(" rsa ") ? Kind.RSA : Kind.P256);
    Path other = directory.resolve("other.key");
    Tool.run(
        conversion
            .replace("KEY", keys.privateKey().toString())
            .replace("OTHER", other.toString())
            .split(" "));
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));

    assertThat(Identity.load(other, keys.publicKey()).pin().fingerprint())
        .isEqualTo(keys.pin().fingerprint());
  }

  @Test
  void readsAnEcKeyBehindItsParameters() throws Exception {
    Path key = directory.resolve("ec.key");
    Path pub = directory.resolve("ec.pub");
    Tool.run(("openssl ecparam -name prime256v1 -genkey -out " + key).split(" "));
    Tool.run(("openssl pkey -pubout -in " + key + " -out " + pub).split(" "));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

    Identity identity = Identity.load(key, pub);

    assertThat(identity.privateKey().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void showsTheFingerprintThatOpensslWouldCompute() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);
    Path der = directory.resolve("own.der");
    Tool.run(
        ("openssl pkey -pubin -in " + keys.publicKey() + " -outform DER -out " + der).split(" "));

    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(der));
    assertThat(keys.pin().fingerprint())
        .isEqualTo("SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash));
  }

  @Test
  void followsLinksToTheModeOfTheirTarget() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.ED25519);
    Path link = Files.createSymbolicLink(directory.resolve("link.key"), keys.privateKey());
    Files.setPosixFilePermissions(keys.privateKey(), PosixFilePermissions.fromString("r--r-----"));
    Identity.load(link, keys.publicKey());

    Files.setPosixFilePermissions(keys.privateKey(), PosixFilePermissions.fromString("r--r--r--"));

    refused(() -> Identity.load(link, keys.publicKey()), "chmod 600", "defaultMode");
  }

  @Test
  void saysWhatToDoAboutEachUnusableFile() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);
    TestKeys other = TestKeys.make(directory, "other", Kind.P256);
    Path key = keys.privateKey();
    Path pub = keys.publicKey();

    refused(() -> Identity.load(directory.resolve("none"), pub), "no such file", "keygen");
    refused(() -> Identity.load(directory, pub), "regular file");
    refused(() -> Identity.load(key, key), "private key", "-pubout");
    refused(() -> Identity.load(pub, pub), "PUBLIC KEY", ".key file");
    refused(() -> Identity.load(key, other.publicKey()), "does not belong", "-pubout");
    refused(() -> Pin.load(file("garbage")), "no PEM block");
    refused(() -> Pin.load(file("ssh-ed25519 AAAA")), "ssh-keygen -e");
    refused(() -> Pin.load(file("0\u0082")), "DER", "-inform DER");
    refused(() -> Pin.load(file("x".repeat(70_000))), "64 KiB");
    refused(() -> Pin.load(file(pem("PUBLIC KEY", "MAMC"))), "damaged");
    refused(() -> Pin.load(file(pem("OPENSSH KEY", "MAMC"))), "PUBLIC KEY or CERTIFICATE");
    refused(() -> Identity.load(file(pem("OPENSSH PRIVATE KEY", "MAMC")), pub), "OPENSSH");
    refused(() -> Identity.load(file(pem("ENCRYPTED PRIVATE KEY", "MAMC")), pub), "passphrase");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA -pkeyopt rsa_keygen_bits:1024",
        "EC -pkeyopt ec_paramgen_curve:P-384",
        "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
        "X25519"
      })
  void refusesKeysOfOtherKinds(String options) throws Exception {
    Path key = directory.resolve("odd.key");
    Path pub = directory.resolve("odd.pub");
    Tool.run(("openssl genpkey -out " + key + " -algorithm " + options).split(" "));
    Tool.run(("openssl pkey -pubout -in " + key + " -out " + pub).split(" "));

    refused(() -> Pin.load(pub), "not supported", "P-256");
    refused(() -> Identity.load(key, pub), "not supported", "P-256");
  }

  @Test
  void refusesACertificateThatNoDtlsPeerWouldTake() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);
    int without = certificateWith(keys, 0);
    int room = Identity.LARGEST_CERTIFICATE - without - 100;

    assertThat(certificateWith(keys, room)).isBetween(8_000, Identity.LARGEST_CERTIFICATE);
    Identity.load(keys.privateKey(), directory.resolve("large.pem"));

    certificateWith(keys, room + 200);
    refused(
        () -> Identity.load(keys.privateKey(), directory.resolve("large.pem")),
        "at most 8186",
        "-pubout");
  }

  @Test
  void refusesAKeyThatIsCutAnywhere() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);
    String key = Files.readString(keys.privateKey()).strip();
    String pub = Files.readString(keys.publicKey()).strip();

    for (int length = 0; length < key.length(); length++) {
      String cut = key.substring(0, length);
      refused(() -> Identity.load(file(cut), keys.publicKey()), "key file");
    }
    for (int length = 0; length < pub.length(); length++) {
      String cut = pub.substring(0, length);
      refused(() -> Pin.load(file(cut)), "key file");
    }
  }

  @Test
  void quotesNothingOfADamagedPrivateKey() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);
    String text = Files.readString(keys.privateKey()).replaceAll("-----[A-Z ]+-----|\n", "");
    Path damaged = file(pem("PRIVATE KEY", text.substring(0, text.length() - 8)));

    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> Identity.load(damaged, keys.publicKey()))
        .satisfies(e -> {
          for (Throwable t = e; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain(text.substring(40, 60));
          }
        });
  }

  @Test
  void doesNotShowThePrivateKey() throws Exception {
    TestKeys keys = TestKeys.make(directory, "own", Kind.P256);

    assertThat(keys.identity()).hasToString("identity " + keys.pin().fingerprint());
  }

  /** Writes {@code large.pem} with a comment of so many bytes; returns the certificate's size. */
  private int certificateWith(TestKeys keys, int comment) throws Exception {
    Path config = directory.resolve("large.conf");
    String extension = "x509_extensions = e\n[e]\nnsComment = ASN1:UTF8:" + "x".repeat(comment);
    Files.writeString(
        config,
        "[req]\nprompt = no\ndistinguished_name = n\n%s\n[n]\nCN = own\n"
            .formatted(comment == 0 ? "" : extension));
    Path pem = directory.resolve("large.pem");
    Tool.run(
        "openssl",
        "req",
        "-x509",
        "-new",
        "-key",
        keys.privateKey().toString(),
        "-config",
        config.toString(),
        "-out",
        pem.toString());
    Path der = directory.resolve("large.der");
    Tool.run("openssl", "x509", "-in", pem.toString(), "-outform", "DER", "-out", der.toString());
    return (int) Files.size(der);
  }

  private Path file(String text) throws Exception {
    Path file = directory.resolve("file");
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String pem(String type, String base64) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type);
  }

  private static void refused(ThrowingCallable load, String... message) {
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(load)
        .satisfies(e -> assertThat(e.getMessage()).contains(message));
  }
}
