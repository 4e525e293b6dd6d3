package dev.teletun.cli.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ModernizingTest {
  private static final int JAVA_5 = 49;

  @Test
  void aClassOfJava5SaysWhatItsVerifierNeeds() throws Exception {
    byte[] old = bytes("/picocli/CommandLine.class");
    assertThat(ClassFile.of().parse(old).majorVersion()).isEqualTo(JAVA_5);

    byte[] modern = Modernizing.modern(old);

    assertThat(ClassFile.of().parse(modern).majorVersion()).isEqualTo(ClassFile.JAVA_6_VERSION);
    assertThat(ClassFile.of().parse(modern).methods()).anyMatch(ModernizingTest::hasStackMap);
    assertThat(ClassFile.of().verify(modern)).isEmpty();
  }

  @Test
  void aLaterClassStaysAsItIs() throws Exception {
    byte[] ours = bytes("/dev/teletun/cli/Main.class");

    assertThat(Modernizing.modern(ours)).isEqualTo(ours);
  }

  private static boolean hasStackMap(MethodModel method) {
    return method
        .code()
        .map(code -> ((CodeAttribute) code).findAttribute(Attributes.stackMapTable()).isPresent())
        .orElse(false);
  }

  private static byte[] bytes(String name) throws Exception {
    try (InputStream file = CommandLine.class.getResourceAsStream(name)) {
      return file.readAllBytes();
    }
  }
}
