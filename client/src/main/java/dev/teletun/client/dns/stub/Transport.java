package dev.teletun.client.dns.stub;

/** How a query came, and so how it goes on. */
enum Transport {
  UDP,
  TCP
}
