package dev.teletun.client.cluster.reach;

import java.util.List;

/**
 * What a search has found.
 *
 * @param found the best first
 * @param missing what could not be learned, and why
 */
public record Candidates(List<Candidate> found, List<String> missing) {}
