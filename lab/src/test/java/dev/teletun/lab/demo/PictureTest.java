package dev.teletun.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.LabNet;
import org.junit.jupiter.api.Test;

class PictureTest {
  @Test
  void namesTheAddressesOfTheLab() {
    assertThat(Picture.drawn(false))
        .contains(
            LabNet.LAPTOP.v4(),
            LabNet.ROUTER_LAN.v4(),
            LabNet.NODE.v4(),
            LabNet.GATEWAY.v4(),
            "pod A " + LabNet.POD_EXTERNAL.v4(),
            "pod B " + LabNet.POD_CLUSTER.v4(),
            "tel0 " + LabNet.POD_CLUSTER.v4(),
            "dns   " + LabNet.POD_DNS.v4(),
            LabNet.POD_WEB.v4() + ", " + LabNet.POD_WEB2.v4(),
            "echo  " + LabNet.POD_ECHO.v4());
  }

  @Test
  void hasStraightEdges() {
    assertThat(Picture.drawn(true).lines().filter(line -> line.length() > 60))
        .isNotEmpty()
        .allMatch(line -> line.length() == Picture.drawn(true).indexOf('\n'));
  }
}
