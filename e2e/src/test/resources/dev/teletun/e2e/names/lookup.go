// Asks what its arguments say, by Go's own resolver: TYPE:NAME. Prints one line for each: TYPE:NAME, and what it found, sorted.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"sort"
	"strings"
)

func main() {
	resolver := &net.Resolver{PreferGo: true}
	all := context.Background()
	for _, word := range os.Args[1:] {
		kind, name, _ := strings.Cut(word, ":")
		var found []string
		var err error
		switch kind {
		case "host":
			found, err = resolver.LookupHost(all, name)
		case "ptr":
			found, err = resolver.LookupAddr(all, name)
		case "txt":
			found, err = resolver.LookupTXT(all, name)
		case "mx":
			var some []*net.MX
			some, err = resolver.LookupMX(all, name)
			for _, one := range some {
				found = append(found, fmt.Sprintf("%d %s", one.Pref, one.Host))
			}
		case "srv":
			var some []*net.SRV
			_, some, err = resolver.LookupSRV(all, "", "", name)
			for _, one := range some {
				found = append(found, fmt.Sprintf("%d %s", one.Port, one.Target))
			}
		default:
			panic(word)
		}
		if problem, ok := err.(*net.DNSError); ok && problem.IsNotFound {
			found = []string{"none"}
		} else if err != nil {
			found = []string{err.Error()}
		}
		sort.Strings(found)
		fmt.Println(word, strings.Join(found, " "))
	}
}
