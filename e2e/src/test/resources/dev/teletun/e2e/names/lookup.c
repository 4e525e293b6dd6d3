/* Asks what its arguments say, by getaddrinfo and getnameinfo: host:NAME or ptr:ADDRESS. Prints one line for each: the argument, and what
   it found, sorted. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MOST 512

static char found[MOST][NI_MAXHOST];

static int by_text(const void *one, const void *other) { return strcmp(one, other); }

static int nothing(int error) { return error == EAI_NONAME || error == EAI_NODATA; }

static int addresses(const char *name)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *all, *each;
	int count = 0, error = getaddrinfo(name, 0, &hints, &all);
	if (error) {
		strcpy(found[0], nothing(error) ? "none" : gai_strerror(error));
		return 1;
	}
	for (each = all; each && count < MOST; each = each->ai_next)
		getnameinfo(each->ai_addr, each->ai_addrlen, found[count++], NI_MAXHOST, 0, 0, NI_NUMERICHOST);
	return count;
}

static int names(const char *address)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *one;
	int error = getaddrinfo(address, 0, &hints, &one);
	if (!error)
		error = getnameinfo(one->ai_addr, one->ai_addrlen, found[0], NI_MAXHOST, 0, 0, NI_NAMEREQD);
	if (error)
		strcpy(found[0], nothing(error) ? "none" : gai_strerror(error));
	else if (found[0][strlen(found[0]) - 1] != '.')
		strcat(found[0], ".");
	return 1;
}

int main(int count, char **words)
{
	for (int i = 1; i < count; i++) {
		const char *what = strchr(words[i], ':') + 1;
		int some = words[i][0] == 'h' ? addresses(what) : names(what);
		qsort(found, some, sizeof found[0], by_text);
		printf("%s", words[i]);
		for (int k = 0; k < some; k++)
			printf(" %s", found[k]);
		printf("\n");
	}
}
