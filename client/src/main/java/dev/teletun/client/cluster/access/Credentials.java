package dev.teletun.client.cluster.access;

import java.util.Optional;

/** By what the API server knows the user, where that changes while we run. Any thread. */
interface Credentials {
  /** What never changes, or what fabric8 takes from the configuration by itself. */
  Credentials NONE =
      new Credentials() {
        @Override
        public Optional<String> token() {
          return Optional.empty();
        }

        @Override
        public boolean renew(Optional<String> refused) {
          return false;
        }
      };

  /** The bearer token to send now; renewed first if it is known to have expired. */
  Optional<String> token();

  /**
   * Gets new ones, because the API server did not take these; several requests at once learn that.
   *
   * @param refused the token that was not taken, if it was one
   * @return false if there are no others
   */
  boolean renew(Optional<String> refused);
}
