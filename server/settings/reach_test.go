package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A configuration does not lead to what the server keeps for itself, by no way and
// under no key, and quotes nothing of a file that is no configuration.
func TestConfigurationReachesNothingInner(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
	for _, name := range []string{"data/users.json", "data/users.key", "data/vault/keys", "data/relay.key", "data/secrets/camera-a", "one.password"} {
		write(name, secret)
	}
	if err := os.Symlink(filepath.Join(dir, "data"), filepath.Join(dir, "shortcut")); err != nil {
		t.Fatal(err)
	}
	camera := func(password string) string {
		return "cameras: [{id: a, name: A, pos: [108, 15], user: u, password: \"" + password + "\", streams: [{name: main, url: \"rtsp://evil.example/x\"}]}]\n"
	}
	for _, x := range []struct {
		text string
		bad  bool
	}{
		{camera("file:one.password"), false},
		{camera("file:data/secrets/camera-a"), false},
		{camera("file:" + dir + "/data/secrets/camera-a"), false},
		{camera("file:data/users.key"), true},
		{camera("file:" + dir + "/data/users.json"), true},
		{camera("file:data/secrets/../vault/keys"), true},
		{camera("file:shortcut/users.key"), true},
		{camera("file:/proc/self/environ"), true},
		{camera("file:/proc/self/root" + dir + "/data/users.key"), true},
		{"rules: data/relay.key\n", true},
		{"areas: data/users.json\n", true},
		{"fences: data/users.json\n", true},
		{"rules: /dev/zero\n", true}, // would never end
		{"sources: [{name: s, kind: ais-replay, file: data/users.json}]\n", true},
		{"name: data\n", false},
	} {
		_, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte("data: data\n"+x.text))
		said := ""
		for _, p := range problems {
			said += p.String() + "\n"
		}
		if got := strings.Contains(said, "is not for a configuration to read"); got != x.bad || !x.bad && said != "" {
			t.Errorf("%s: %s", x.text, said)
		}
		if strings.Contains(said, secret[:8]) {
			t.Errorf("%s quotes the file: %s", x.text, said)
		}
		if x.bad && !strings.Contains(said, "ioc.yaml:2:") {
			t.Errorf("%s: without its place: %s", x.text, said)
		}
	}
	for _, key := range []string{"rules", "areas"} {
		_, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte("data: data\n"+key+": one.password\n"))
		if len(problems) == 0 {
			t.Errorf("%s: a password is taken", key)
		}
		for _, p := range problems {
			if strings.Contains(p.String(), secret[:8]) {
				t.Errorf("%s: a file is quoted: %s", key, p)
			}
		}
	}
}
