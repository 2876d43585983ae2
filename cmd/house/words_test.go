package house

import (
	"regexp"
	"strings"
	"testing"
)

// word is something the repository never says, for it holds on one computer only or is nobody
// else's business. The expressions are put together from pieces, so that this file is clean itself.
type word struct {
	never *regexp.Regexp
	why   string
}

var words = []word{
	{regexp.MustCompile(`(?m)(^|[\s"'` + "`" + `(=:,])/(work|root|home/[a-z]+|mnt|Users/[a-z]+)/`), "names a place on one computer; write paths from the root of the repository"},
	{regexp.MustCompile(`proxy\.go` + `lang\.org|registry\.np` + `mjs\.org|files\.python` + `hosted\.org|deb\.debian\.` + `org|goproxy\.`), "names where packages come from, which is the reader's own choice"},
	{regexp.MustCompile(`-----BEGIN ([A-Z]+ )?PRIVATE` + ` KEY-----`), "is a private key; tests make their own"},
	{regexp.MustCompile(`(?i)\b(AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|xox[baprs]-[0-9A-Za-z-]{10,})\b`), "looks like a credential"},
	{regexp.MustCompile(`(?i)\bsub` + `agents?\b|\bthis ses` + `sion'?s brief\b|farm-(stu` + `dio|bench)`), "speaks of how the code was made, not of the product"},
	{regexp.MustCompile(`(?m)^(<{7} |>{7} |={7}$)`), "is what a merge left behind"},
}

func TestWordsThatDoNotBelongHere(t *testing.T) {
	for _, file := range repository(t).texts {
		if file.name == "go.sum" || file.name == "LICENSE" {
			continue
		}
		for _, w := range words {
			for _, at := range w.never.FindAllStringIndex(file.content, 3) {
				line := 1 + strings.Count(file.content[:at[0]], "\n")
				t.Errorf("%s:%d: %q %s", file.name, line, strings.TrimSpace(file.content[at[0]:at[1]]), w.why)
			}
		}
	}
}

// TestEveryLibraryHasAReason holds that each library required directly says beside it what for.
func TestEveryLibraryHasAReason(t *testing.T) {
	for _, file := range repository(t).texts {
		if file.name != "go.mod" {
			continue
		}
		inBlock := false
		for line := range strings.Lines(file.content) {
			line = strings.TrimSpace(line)
			switch {
			case line == "require (":
				inBlock = true
				continue
			case line == ")":
				inBlock = false
			}
			rest, single := strings.CutPrefix(line, "require ")
			if !inBlock && !single || line == "" || strings.HasPrefix(line, "//") {
				continue
			}
			if _, reason, _ := strings.Cut(rest, "//"); strings.TrimSpace(reason) == "" {
				t.Errorf("go.mod: %s has no reason beside it (a comment on the same line)", rest)
			}
		}
	}
}
