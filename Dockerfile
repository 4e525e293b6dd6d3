# One image for both servers; the command is the pod's: server-external … or server-cluster …. No shell in it, and none needed.
# deploy/build-image builds it, with docker or, where there is no registry either, with buildah and what the machine has.
#
#   BUILD    an image with a JDK 25, Maven and bash
#   PROGRAM  an image with nothing but /opt/teletun and /opt/java. Default: built in a stage
#   BASE     what the image stands on: glibc, libnftables1 and, for the probe, /usr/bin/test. Default: a stage with nothing more.

ARG BUILD=maven:3.9-eclipse-temurin-25
ARG PROGRAM=built
ARG BASE=base

FROM ${BUILD} AS build
WORKDIR /src
COPY . .
RUN deploy/program /out

FROM scratch AS built
COPY --from=build /out /

FROM ${PROGRAM} AS program

FROM debian:12-slim AS packages
COPY deploy/base /
RUN apt-get update && apt-get install -y --no-install-recommends mmdebstrap ca-certificates && ./base /base.tar \
 && mkdir /base && tar -C /base -xf /base.tar

FROM scratch AS base
COPY --from=packages /base /

FROM ${BASE}
COPY --from=program / /
# The start-up cache, trained with the very files that will run; without it a start takes four times as long.
RUN ["/opt/java/bin/java", "@/opt/teletun/args", "-XX:AOTCacheOutput=/opt/teletun/server.aot", "dev.teletun.cli.prepare.Training", "servers"]
# nobody; server-cluster's pod asks for root, because Kubernetes gives a capability to root only
USER 65534:65534
ENTRYPOINT ["/opt/java/bin/java", "@/opt/teletun/args", "-XX:AOTCache=/opt/teletun/server.aot", "dev.teletun.cli.Main"]
