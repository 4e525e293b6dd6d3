package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;

class CnameAnswerTest {
  private static final String FULL = "web.shop.svc.cluster.local";

  @Test
  void leadsFromTheShortNameToTheFullOneAndItsRecords() throws Exception {
    Message query = Queries.message("Web", "TXT");

    Message answer = completed(query, Transport.UDP, answerWithTexts(3));

    List<Record> records = answer.getSection(Section.ANSWER);
    assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(answer.getQuestion().getName()).hasToString("Web.");
    assertThat(records).hasSize(4);
    assertThat(((CNAMERecord) records.getFirst()).getTarget()).hasToString(FULL + ".");
    assertThat(records.getFirst().getTTL()).isEqualTo(30);
    assertThat(records.getLast().getName()).hasToString(FULL + ".");
  }

  @Test
  void isCutToWhatTheClientTakesOverUdpAndWholeOverTcp() throws Exception {
    Message query = Queries.message("web", "TXT");

    byte[] udp = CnameAnswer.of(query.toWire(), Transport.UDP, FULL, answerWithTexts(20)).get();
    Message tcp = completed(query, Transport.TCP, answerWithTexts(20));

    assertThat(udp).hasSizeLessThanOrEqualTo(512);
    assertThat(new Message(udp).getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(tcp.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(tcp.getSection(Section.ANSWER)).hasSize(21);
  }

  @Test
  void isNoneIfTheClusterAnswersRubbish() throws Exception {
    byte[] answer = answerWithTexts(2);

    assertThat(
            CnameAnswer.of(
                Queries.wire("web", "TXT"),
                Transport.UDP,
                FULL,
                Arrays.copyOf(answer, answer.length - 5)))
        .isEmpty();
  }

  private static Message completed(Message query, Transport transport, byte[] answer)
      throws Exception {
    return new Message(CnameAnswer.of(query.toWire(), transport, FULL, answer).orElseThrow());
  }

  private static byte[] answerWithTexts(int count) throws Exception {
    Message answer = Queries.message(FULL, "TXT");
    answer.getHeader().setFlag(Flags.QR);
    for (int i = 0; i < count; i++) {
      answer.addRecord(
          new TXTRecord(Name.fromString(FULL + "."), DClass.IN, 30, "t".repeat(100) + i),
          Section.ANSWER);
    }
    return answer.toWire();
  }
}
