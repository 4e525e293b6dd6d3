package dev.teletun.linux.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
  // include/uapi/linux/capability.h
  private static final int VERSION_3 = 0x20080522;

  @Test
  void readsEachBitOfTheEffectiveSet() {
    List<String> status =
        List.of("Name:\tjava", "CapPrm:\tffffffffffffffff", "CapEff:\t0000000000003000");

    assertThat(Capabilities.effective(Capabilities.CAP_NET_ADMIN, status)).isTrue();
    assertThat(Capabilities.effective(Capabilities.CAP_NET_RAW, status)).isTrue();
    assertThat(Capabilities.effective(11, status)).isFalse();
    assertThat(Capabilities.effective(14, status)).isFalse();
    assertThat(Capabilities.effective(-1, status)).isFalse();
    assertThat(Capabilities.effective(64 + 12, status)).isFalse();
  }

  @Test
  void readsASetWithTheHighestBit() {
    assertThat(Capabilities.effective(63, List.of("CapEff:\tffffffffffffffff"))).isTrue();
  }

  @Test
  void refusesAStatusWithoutTheLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Capabilities.effective(12, List.of("Name:\tjava")));
  }

  @Test
  void agreesWithCapget() {
    Memory header = new Memory(8);
    header.setInt(0, VERSION_3);
    header.setInt(4, 0); // this thread
    Memory data = new Memory(24);
    int result =
        NativeLibrary.getInstance("c").getFunction("capget").invokeInt(new Object[] {header, data});

    assertThat(result).isZero();
    for (int cap = 0; cap < 32; cap++) {
      assertThat(Capabilities.effective(cap))
          .as("capability %d", cap)
          .isEqualTo((data.getInt(0) >>> cap & 1) != 0);
    }
  }
}
