package setup

import (
	"regexp"
	"strings"
)

// mask stands where a text held what looks like a secret.
const mask = "•••"

// secretKey is a key whose value ought to be a reference; loginAt is the login in
// front of an address.
var (
	secretKey = regexp.MustCompile(`(?i)^(\s*(?:-\s+)?|.*[{,]\s*)((?:[a-z_]*(?:password|passwd|passphrase|secret|pwd|api_?key)|[a-z_]*token)\s*:\s*)(["']?)([^"',}#\s][^"',}#]*)`)
	loginAt   = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@"']*@`)
)

// redact returns a configuration without what looks like a secret, and how many
// there were. A right configuration holds none, only where to find them; this is
// for one that somebody wrote by hand and that was never taken over.
func redact(body string) (clean string, hidden int) {
	lines := strings.SplitAfter(body, "\n")
	for i, l := range lines {
		l = loginAt.ReplaceAllStringFunc(l, func(m string) string {
			hidden++
			return loginAt.ReplaceAllString(m, "${1}"+mask+"@")
		})
		if m := secretKey.FindStringSubmatchIndex(l); m != nil {
			value := strings.TrimSpace(l[m[8]:m[9]])
			if !strings.HasPrefix(value, "env:") && !strings.HasPrefix(value, "file:") && value != mask {
				hidden++
				l = l[:m[8]] + mask + l[m[9]:]
				if !strings.HasSuffix(l, "\n") && strings.HasSuffix(lines[i], "\n") {
					l += "\n"
				}
			}
		}
		lines[i] = l
	}
	return strings.Join(lines, ""), hidden
}

// masked returns the line of the first mask in a text, zero for none.
func masked(body string) int {
	at := strings.Index(body, mask)
	if at < 0 {
		return 0
	}
	return 1 + strings.Count(body[:at], "\n")
}
