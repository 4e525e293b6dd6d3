package dev.teletun.client.host.trace;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * One client's traces, on disk before they are made: a directory with a file for each. A lock says
 * that the client lives, which the kernel takes away from whoever dies. One thread at a time.
 */
final class Journal implements Closeable {
  private static final String LOCK = "lock";
  private static final String SUFFIX = ".trace";
  private static final String UNFINISHED = ".new";

  private static final int ATTEMPTS = 5;

  /** Of this process. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final StateDirectory state;
  private final Path directory;
  private final FileChannel lockFile;
  private final Map<Trace, Path> files = new LinkedHashMap<>();
  private int written;

  private Journal(StateDirectory state, Path directory, FileChannel lockFile) {
    this.state = state;
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Begins one.
   *
   * @param token names it
   * @throws IOException if nothing can be written down; then nothing may be changed
   */
  static Journal begin(StateDirectory state, String token) throws IOException {
    for (int attempt = 1; ; attempt++) {
      state.make();
      Path directory = state.path().resolve(token);
      OWN.add(directory);
      try {
        Files.createDirectory(directory);
        Path lock = directory.resolve(LOCK);
        FileChannel lockFile = FileChannel.open(lock, CREATE_NEW, WRITE);
        if (lockFile.tryLock() != null && Files.exists(lock)) {
          sync(state.path());
          return new Journal(state, directory, lockFile);
        }
        lockFile.close();
        throw new NoSuchFileException(lock.toString());
      } catch (NoSuchFileException e) { // a cleanup took it for one that was left
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * The journal of a client that is gone; empty while the client lives, or somebody else undoes.
   *
   * @param repairs hears of what cannot be read; the journal stays then
   */
  static Optional<Journal> takeOver(StateDirectory state, Path directory, Repairs repairs)
      throws IOException {
    if (OWN.contains(directory)) { // to close its lock file would unlock it
      return Optional.empty();
    }
    FileChannel lockFile;
    try {
      lockFile = FileChannel.open(directory.resolve(LOCK), READ, WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) { // killed before it wrote anything, or when all was undone
      deleteIfEmpty(directory);
      return Optional.empty();
    }
    if (lockFile.tryLock() == null) {
      lockFile.close();
      return Optional.empty();
    }
    Journal journal = new Journal(state, directory, lockFile);
    journal.files.putAll(written(directory, repairs));
    return Optional.of(journal);
  }

  /** What is written down there, whoever's it is, as far as it can be read. */
  static Set<Trace> peek(Path directory) throws IOException {
    try {
      return written(directory, new Repairs(_ -> {})).keySet();
    } catch (NoSuchFileException _) {
      return Set.of(); // it has just been undone
    }
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException _) {
      // Its lock file has come meanwhile.
    }
  }

  private static Map<Trace, Path> written(Path directory, Repairs repairs) throws IOException {
    Map<Trace, Path> written = new LinkedHashMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.sorted().toList()) {
        if (file.toString().endsWith(SUFFIX)) {
          boolean _ =
              repairs.step(() -> {
                written.put(trace(file), file);
                return Optional.empty();
              });
        }
      }
    }
    return written;
  }

  private static Trace trace(Path file) throws IOException {
    try {
      return Trace.of(read(file));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be read: %s. Once the host is in order, delete it"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static Map<String, String> read(Path file) throws IOException {
    Properties facts = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      facts.load(reader);
    }
    Map<String, String> read = new LinkedHashMap<>();
    facts.stringPropertyNames().forEach(name -> read.put(name, facts.getProperty(name)));
    return read;
  }

  /** Writes it down; on disk at the return. Once is enough for equal ones. */
  void intend(Trace trace) throws IOException {
    if (files.containsKey(trace)) {
      return;
    }
    Properties facts = new Properties();
    facts.putAll(trace.facts());
    StringWriter text = new StringWriter();
    facts.store(text, "what a client of teletun changes; teletun cleanup undoes it");
    Path file = directory.resolve("%03d%s".formatted(++written, SUFFIX));
    Path unfinished = directory.resolve(file.getFileName() + UNFINISHED);
    try (FileChannel channel = FileChannel.open(unfinished, CREATE_NEW, WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
    files.put(trace, file);
  }

  /** What is written down and not forgotten, the last first. */
  List<Trace> traces() {
    return new ArrayList<>(files.keySet()).reversed();
  }

  /** It is undone. */
  void forget(Trace trace) throws IOException {
    Path file = files.remove(trace);
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }

  /** Removes it, unless something is still to be undone. */
  @Override
  public void close() throws IOException {
    try (lockFile) {
      List<Path> rest;
      try (Stream<Path> all = Files.list(directory)) {
        rest = all.toList();
      }
      if (rest.stream().noneMatch(file -> file.toString().endsWith(SUFFIX))) {
        delete(rest);
      }
    }
  }

  private void delete(List<Path> rest) throws IOException {
    for (Path file : rest) {
      Files.delete(file);
    }
    Files.delete(directory);
    state.removeIfEmpty();
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }
}
