package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

class QuestionTest {

  @Test
  void readsNameTypeAndClass() {
    Question question = Queries.question("Web.Default.SVC.cluster.local", "SRV");

    assertThat(question.name()).isEqualTo("web.default.svc.cluster.local");
    assertThat(question.type()).isEqualTo(33);
    assertThat(question.dnsClass()).isEqualTo(1);
    assertThat(question.dots()).isEqualTo(4);
  }

  @Test
  void readsTheRoot() {
    assertThat(Queries.question(".", "NS").name()).isEmpty();
  }

  @Test
  void keepsDotsInsideLabelsApartFromDotsBetweenThem() {
    assertThat(Queries.question("a\\.b.c d.", "A").name()).isEqualTo("a\\046b.c\\032d");
  }

  @Test
  void findsNoneInAMessageThatIsCutAnywhere() {
    byte[] query = Queries.wire("web.default.svc.cluster.local", "A");

    for (int length = 0; length < query.length; length++) {
      assertThat(Question.parse(Arrays.copyOf(query, length))).as("cut at %d", length).isEmpty();
    }
    assertThat(Question.parse(query)).isPresent();
  }

  @Test
  void findsNoneBehindACompressionPointerOrInATooLongName() {
    byte[] pointer = Queries.wire("ab", "A");
    pointer[12] = (byte) 0xc0;
    byte[] long256 = new byte[12 + 4 * 64 + 1 + 4];
    long256[5] = 1;
    for (int label = 0; label < 4; label++) {
      Arrays.fill(long256, 12 + label * 64, 12 + (label + 1) * 64, (byte) 'a');
      long256[12 + label * 64] = 63;
    }

    assertThat(Question.parse(pointer)).isEmpty();
    assertThat(Question.parse(long256)).isEmpty();
  }

  @Test
  void survivesRandomBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (bytes.length > 5) {
        bytes[4] = 0;
        bytes[5] = 1;
      }

      Question.parse(bytes)
          .ifPresent(question -> assertThat(question.end()).isLessThanOrEqualTo(bytes.length));
    }
  }

  @Test
  void renamesTheQuestionAndKeepsTheRest() throws Exception {
    Message query = Queries.message("web", "A");
    query.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    byte[] wire = query.toWire();

    byte[] renamed =
        Question.parse(wire).orElseThrow().renamed(wire, "web.default.svc.cluster.local");

    Message read = new Message(renamed);
    assertThat(read.getQuestion().getName()).hasToString("web.default.svc.cluster.local.");
    assertThat(read.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(read.getOPT().getPayloadSize()).isEqualTo(1232);
  }

  @Test
  void refusesNamesThatHaveNoWireForm() {
    assertThatIllegalArgumentException().isThrownBy(() -> Question.wireName("a..b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Question.wireName("a".repeat(64)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Question.wireName("abcdefg.".repeat(32) + "x"));
  }

  @Test
  void saysServerFailureWithTheQuestionAndNothingElse() throws Exception {
    Message query = Queries.message("web.example", "MX");
    query.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0), Section.ADDITIONAL);

    Message answer = new Message(DnsHeader.serverFailure(query.toWire()));

    assertThat(answer.getRcode()).isEqualTo(org.xbill.DNS.Rcode.SERVFAIL);
    assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(answer.getQuestion()).isEqualTo(query.getQuestion());
    assertThat(answer.getHeader().getCount(Section.ADDITIONAL)).isZero();
  }
}
