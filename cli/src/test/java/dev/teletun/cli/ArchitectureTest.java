package dev.teletun.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The borders of docs/design.md, for all modules: this one sees every class. */
@AnalyzeClasses(packages = "dev.teletun", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.teletun.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule lowModulesNeverNameHighOnes =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.teletun..")
          .withOptionalLayers(true)
          .layer("protocol")
          .definedBy("dev.teletun.protocol..")
          .layer("dtls")
          .definedBy("dev.teletun.dtls..")
          .layer("linux")
          .definedBy("dev.teletun.linux..")
          .layer("tunnel")
          .definedBy("dev.teletun.tunnel..")
          .layer("client")
          .definedBy("dev.teletun.client..")
          .layer("server-external")
          .definedBy("dev.teletun.serverexternal..")
          .layer("server-cluster")
          .definedBy("dev.teletun.servercluster..")
          .layer("lab")
          .definedBy("dev.teletun.lab..")
          .layer("cli")
          .definedBy("dev.teletun.cli..")
          .whereLayer("protocol")
          .mayNotAccessAnyLayer()
          .whereLayer("dtls")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("linux")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("tunnel")
          .mayOnlyAccessLayers("protocol", "dtls", "linux")
          .whereLayer("client")
          .mayOnlyAccessLayers("protocol", "dtls", "linux", "tunnel")
          .whereLayer("server-external")
          .mayOnlyAccessLayers("protocol", "dtls", "linux", "tunnel")
          .whereLayer("server-cluster")
          .mayOnlyAccessLayers("protocol", "linux")
          .whereLayer("lab")
          .mayOnlyAccessLayers("protocol", "linux")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule jnaAndNettyStayInLinux =
      onlyIn("dev.teletun.linux..", "com.sun.jna..", "io.netty..");

  @ArchTest
  static final ArchRule bouncyCastleStaysInDtls =
      onlyIn("dev.teletun.dtls..", "org.bouncycastle..");

  @ArchTest
  static final ArchRule fabric8StaysInTheClientsClusterPackage =
      onlyIn("dev.teletun.client.cluster..", "io.fabric8..");

  @ArchTest
  static final ArchRule dnsjavaStaysInTheClientsDnsPackage =
      onlyIn("dev.teletun.client.dns..", "org.xbill..");

  @ArchTest
  static final ArchRule picocliStaysInTheCommandLine = onlyIn("dev.teletun.cli..", "picocli..");

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.teletun.cli..")
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule onlyTheCommandLineAndTheLabPrint =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.teletun.cli..", "dev.teletun.lab..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private static ArchRule onlyIn(String home, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries);
  }
}
