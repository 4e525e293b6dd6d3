# One image for both servers; the command is the pod's: server-external … or server-cluster ….
# Build: docker build -t teletun .       (not built by a test yet; deploy/README.md says what is untested)

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -pl cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true
# A JDK of the modules that we need, and the start-up cache trained with exactly that JDK and these paths.
RUN jlink --add-modules java.base,java.logging,java.naming,java.net.http,java.management,jdk.unsupported,jdk.crypto.ec,jdk.httpserver \
      --strip-debug --no-header-files --no-man-pages --compress zip-6 --generate-cds-archive --output /opt/java \
 && mkdir -p /opt/teletun/lib && cp cli/target/cli-*.jar cli/target/lib/*.jar /opt/teletun/lib/ \
 && class_path=$(ls /opt/teletun/lib/*.jar | tr '\n' ':') \
 && { cat cli/src/main/launcher/jvm.options && printf '%s\n' -XX:AOTCache=/opt/teletun/teletun.aot -cp "${class_path%:}"; } >/opt/teletun/args \
 && grep -v AOTCache /opt/teletun/args >/tmp/args \
 && /opt/java/bin/java @/tmp/args -XX:AOTCacheOutput=/opt/teletun/teletun.aot dev.teletun.cli.Training servers

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libnftables1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/teletun /opt/teletun
# nobody; server-cluster's pod asks for root, because Kubernetes gives a capability to root only
USER 65534:65534
ENTRYPOINT ["/opt/java/bin/java", "@/opt/teletun/args", "dev.teletun.cli.Main"]
