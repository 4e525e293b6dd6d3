package dev.teletun.cli.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Gives classes that were compiled for Java 5 the form of Java 6's, which says in each method what
 * a verifier needs (JVMS §4.7.4): a JVM puts no older ones into an AOT cache, and parses and
 * verifies them anew at each start.
 */
public final class Modernizing {
  private static final ClassFile CLASS_FILES =
      ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ConstantPoolSharingOption.NEW_POOL);

  private static final ClassTransform TO_JAVA_6 =
      ((ClassTransform)
              (to, element) -> {
                if (element instanceof ClassFileVersion) {
                  to.withVersion(ClassFile.JAVA_6_VERSION, 0);
                } else {
                  to.with(element);
                }
              })
          .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL));

  private Modernizing() {}

  /**
   * Rewrites jars in place. What their classes extend must be on the class path.
   *
   * @param jars their names
   */
  public static void main(String[] jars) throws IOException {
    for (String jar : jars) {
      rewrite(Path.of(jar));
    }
  }

  private static void rewrite(Path jar) throws IOException {
    Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
    try (JarFile from = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(rewritten);
        JarOutputStream to = new JarOutputStream(file)) {
      Enumeration<JarEntry> entries = from.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        to.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream bytes = from.getInputStream(entry)) {
          boolean isClass = entry.getName().endsWith(".class");
          to.write(isClass ? modern(bytes.readAllBytes()) : bytes.readAllBytes());
        }
      }
    }
    Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The same class; the same bytes if it is of Java 6 or later. */
  static byte[] modern(byte[] bytes) {
    ClassModel old = CLASS_FILES.parse(bytes);
    return old.majorVersion() < ClassFile.JAVA_6_VERSION
        ? CLASS_FILES.transformClass(old, TO_JAVA_6)
        : bytes;
  }
}
