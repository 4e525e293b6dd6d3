package dev.teletun.e2e;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/**
 * A Java program that asks what its arguments say, {@code TYPE:NAME}: addresses and names by
 * InetAddress, other types by the JDK's own DNS client. Prints a line for each: the argument, and
 * what it found, sorted.
 */
final class NameLookup {
  private static final List<String> NONE = List.of("none");

  private NameLookup() {}

  public static void main(String[] words) throws UnknownHostException {
    for (String word : words) {
      String type = word.substring(0, word.indexOf(':'));
      String name = word.substring(type.length() + 1);
      List<String> found =
          switch (type) {
            case "host" -> addresses(name);
            case "ptr" -> names(name);
            default -> records(name, type);
          };
      System.out.println(word + " " + found.stream().sorted().collect(Collectors.joining(" ")));
    }
  }

  private static List<String> addresses(String name) {
    try {
      return Stream.of(InetAddress.getAllByName(name)).map(Addresses::text).toList();
    } catch (UnknownHostException _) {
      return NONE;
    }
  }

  private static List<String> names(String address) throws UnknownHostException {
    String name = InetAddress.getByName(address).getCanonicalHostName();
    return name.equals(address) ? NONE : List.of(name + ".");
  }

  // The words that it looks up are the test's own; and JNDI takes no other map.
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  private static List<String> records(String name, String type) {
    try {
      InitialDirContext dns =
          new InitialDirContext(
              new Hashtable<>(
                  Map.of(
                      "java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory",
                      "java.naming.provider.url", "dns:")));
      Attribute all = dns.getAttributes(name, new String[] {type}).get(type);
      if (all == null) {
        return NONE;
      }
      return IntStream.range(0, all.size())
          .mapToObj(i -> text(all, i).replaceFirst(type.equals("srv") ? "^\\d+ \\d+ " : "^$", ""))
          .toList();
    } catch (NameNotFoundException _) {
      return NONE;
    } catch (NamingException e) {
      return List.of(e.toString());
    }
  }

  private static String text(Attribute values, int index) {
    try {
      return values.get(index).toString();
    } catch (NamingException e) {
      return e.toString();
    }
  }
}
