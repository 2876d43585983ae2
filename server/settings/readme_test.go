package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The configuration that the README shows works as it stands there.
func TestReadmeConfiguration(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(readme), "```yaml\n")
	text, _, ok2 := strings.Cut(text, "```")
	if !ok || !ok2 {
		t.Fatal("the README shows no configuration")
	}
	if n := strings.Count(text, "\n"); n > 22 {
		t.Errorf("the configuration in the README has %d lines; it is to be short", n)
	}
	dir := t.TempDir()
	certificate(t, filepath.Join(dir, "ioc.pem"), filepath.Join(dir, "ioc.key"))
	for name, content := range map[string]string{"rules.yaml": "rules: []\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte(text))
	for _, p := range problems {
		t.Error(p)
	}
	if len(c.sources) != 2 || len(c.Cameras) != 1 || len(c.scenes) != 1 {
		t.Errorf("it holds %s", c.Summary())
	}
}
