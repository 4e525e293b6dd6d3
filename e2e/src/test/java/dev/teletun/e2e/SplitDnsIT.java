package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.LabNet;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** Names of a cluster with CoreDNS beside those of a LAN with dnsmasq, in both ways at once. */
@Tag("netns")
@Timeout(180)
class SplitDnsIT {
  private static final String INTERCEPT = "intercept";
  private static final String RESOLVED = "resolved";
  private static final String WEB = LabNet.WEB_SERVICE.v4() + " " + LabNet.WEB_SERVICE.v6();
  private static final String HOME = HomeDns.V6 + " " + HomeDns.V4;
  private static final String HTTP = "_http._tcp." + LabNet.WEB_NAME;

  private static final Map<String, String> EXPECTED = new LinkedHashMap<>();

  static {
    for (String name :
        List.of(
            "web",
            "web.default",
            "web.default.svc",
            LabNet.WEB_NAME,
            "alias",
            "alias.default.svc.cluster.local")) {
      EXPECTED.put("host:" + name, WEB);
    }
    EXPECTED.put("host:" + LabNet.FAR_NAME, LabNet.FAR_SERVICE.v4());
    EXPECTED.put(
        "host:partner.default.svc.cluster.local", LabNet.OUTSIDE.v6() + " " + LabNet.OUTSIDE.v4());
    EXPECTED.put("host:" + LabNet.BIG_NAME, String.join(" ", CoreDns.ENDPOINTS));
    EXPECTED.put("host:nothing.default.svc.cluster.local", "none");
    EXPECTED.put("ptr:" + LabNet.WEB_SERVICE.v4(), LabNet.WEB_NAME + ".");
    EXPECTED.put("ptr:" + LabNet.WEB_SERVICE.v6(), LabNet.WEB_NAME + ".");
    EXPECTED.put("srv:" + HTTP, "80 " + LabNet.WEB_NAME + ".");
    EXPECTED.put("mx:mail.default.svc.cluster.local", "10 " + LabNet.WEB_NAME + ".");
    EXPECTED.put("txt:dns-version.cluster.local", "1.1.0");
    EXPECTED.put("host:" + HomeDns.HOST, HOME);
    EXPECTED.put("host:www", HOME);
    EXPECTED.put("host:other.home.example", HOME);
    EXPECTED.put("host:nothing.example", "none");
    EXPECTED.put("host:nothing", "none");
    EXPECTED.put("ptr:" + HomeDns.V4, HomeDns.HOST + ".");
    EXPECTED.put("srv:_sip._udp.home.example", "5060 " + HomeDns.HOST + ".");
    EXPECTED.put("mx:home.example", "10 " + HomeDns.HOST + ".");
    EXPECTED.put("txt:home.example", "hello");
  }

  private static final CloseStack OWNED = new CloseStack();
  private static SplitNames intercepted;
  private static SplitNames linked;
  private static Map<String, String> before = Map.of();

  @BeforeAll
  static void connect() throws IOException {
    intercepted = OWNED.own(SplitNames.in("spli"));
    before = answers(foreign());
    intercepted.programs().connect("-dns=intercept");
    linked = OWNED.own(SplitNames.in("splr"));
    ResolvedHost.on(
        linked.laptop(),
        "DNS=" + HomeDns.ADDRESS,
        "Domains=" + LabNet.LAN_DOMAIN,
        "LLMNR=no",
        "MulticastDNS=no");
    linked.programs().connect("-dns=resolved");
  }

  @AfterAll
  static void takeDown() throws IOException {
    OWNED.close();
  }

  static Stream<Arguments> waysAndPrograms() {
    return Stream.of(INTERCEPT, RESOLVED)
        .flatMap(
            way -> Stream.of(LookupProgram.values()).map(program -> Arguments.of(way, program)));
  }

  @ParameterizedTest
  @MethodSource("waysAndPrograms")
  void everyProgramFindsTheSame(String way, LookupProgram program) throws IOException {
    List<String> words =
        EXPECTED.keySet().stream()
            .filter(program::asks)
            // systemd-resolved refuses single labels, which Go and musl take for a failure
            .filter(word -> way.equals(INTERCEPT) || !word.equals("host:nothing"))
            // musl 1.2.3, Debian's, makes do with what fits a datagram
            .filter(word -> program != LookupProgram.MUSL || !word.endsWith(LabNet.BIG_NAME))
            .toList();

    SplitNames lab = way.equals(RESOLVED) ? linked : intercepted;

    assertThat(program.run(lab.laptop(), words))
        .containsExactlyElementsOf(
            EXPECTED.entrySet().stream()
                .filter(each -> words.contains(each.getKey()))
                .map(each -> each.getKey() + " " + sorted(each.getValue()))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theClustersAnswersComeByteForByte(boolean tcp) throws IOException {
    for (RawQuery query : clusters()) {
      String direct = query.answerOf(intercepted.pod(), CoreDns.ADDRESS.v4(), tcp);

      assertThat(query.answerOf(intercepted.laptop(), HomeDns.ADDRESS, tcp))
          .as("%s, tcp %s", query, tcp)
          .isEqualTo(direct);
    }
  }

  @Test
  void otherAnswersAreWhatTheyWereBeforeByteForByte() throws IOException {
    assertThat(answers(foreign())).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"'', 512", "edns512, 512", "edns1232, 1232", "edns4096, 4096"})
  void aShortNameIsCutToWhatTheProgramTakesAndWholeOverTcp(String edns, int most)
      throws IOException {
    RawQuery query = edns.isEmpty() ? RawQuery.of("big", "A") : RawQuery.of("big", "A", edns);

    byte[] cut = query.ask(intercepted.laptop(), HomeDns.ADDRESS, false);
    Message whole = new Message(query.ask(intercepted.laptop(), HomeDns.ADDRESS, true));

    assertThat(cut).hasSizeLessThanOrEqualTo(most);
    assertThat(new Message(cut).getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(whole.getSection(Section.ANSWER)).hasSize(1 + CoreDns.ENDPOINTS.size());
  }

  @Test
  void aShortNameIsNotSaidToBeAuthentic() throws IOException {
    RawQuery query = RawQuery.of("web", "A", "ad", "cd", "do", "edns1232");

    Message answer = new Message(query.ask(intercepted.laptop(), HomeDns.ADDRESS, false));

    assertThat(answer.getHeader().getFlag(Flags.AD)).isFalse();
    assertThat(answer.getHeader().getFlag(Flags.CD)).isTrue();
    assertThat(answer.getOPT()).isNotNull();
  }

  private static List<RawQuery> clusters() throws IOException {
    return queries(
        LabNet.WEB_NAME,
        LabNet.BIG_NAME,
        "alias.default.svc.cluster.local",
        "nothing.default.svc.cluster.local",
        "cluster.local",
        "80.0.96.10.in-addr.arpa",
        HTTP,
        "WeB.dEfault.SVC.cluster.LOCAL");
  }

  private static List<RawQuery> foreign() throws IOException {
    return queries(
        HomeDns.HOST,
        "long.home.example",
        "other.home.example",
        "nothing.example",
        "home.example",
        "_sip._udp.home.example",
        "10.113.0.203.in-addr.arpa",
        "wWw.HOME.exAmple");
  }

  private static List<RawQuery> queries(String... names) throws IOException {
    List<RawQuery> queries = new ArrayList<>();
    for (String name : names) {
      for (String type :
          List.of("A", "AAAA", "TXT", "MX", "SRV", "PTR", "SOA", "HTTPS", "TYPE65280")) {
        queries.add(RawQuery.of(name, type));
      }
      for (String type : List.of("A", "TXT")) {
        queries.add(RawQuery.of(name, type, "ad", "edns512"));
        queries.add(RawQuery.of(name, type, "cd", "do", "edns1232"));
        queries.add(RawQuery.of(name, type, "nord", "edns4096", "option"));
      }
    }
    return queries;
  }

  private static Map<String, String> answers(List<RawQuery> queries) throws IOException {
    Map<String, String> answers = new LinkedHashMap<>();
    for (RawQuery query : queries) {
      for (boolean tcp : new boolean[] {false, true}) {
        answers.put(
            query + (tcp ? " tcp" : ""),
            query.answerOf(intercepted.laptop(), HomeDns.ADDRESS, tcp));
      }
    }
    return answers;
  }

  private static String sorted(String words) {
    return Stream.of(words.split(" ", -1)).sorted().collect(Collectors.joining(" "));
  }
}
