package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// unitFolder is where the shipped units are.
const unitFolder = "../../assets/systemd"

// TestUnitStartsTheNode reads the command of the unit as this program does.
func TestUnitStartsTheNode(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(unitFolder, "iocwall-node@.service"))
	if err != nil {
		t.Fatal(err)
	}
	_, command, ok := strings.Cut(string(text), "\nExecStart=/usr/bin/wall ")
	command, _, _ = strings.Cut(command, "\n")
	if !ok {
		t.Fatal("the unit does not start /usr/bin/wall")
	}
	t.Setenv("IOCWALL_SERVER", "wss://ioc.example.vn/feed")
	t.Setenv("IOCWALL_CODE", "ABCD-EFGH-JK")
	var c cli
	k, err := kong.New(&c, kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(strings.Fields(strings.ReplaceAll(command, "%i", "pc-03"))); err != nil {
		t.Fatal(err)
	}
	if c.Node.Name != "pc-03" || c.Node.Code != "ABCD-EFGH-JK" || c.Server != "wss://ioc.example.vn/feed" {
		t.Errorf("%+v", c)
	}
	for _, line := range []string{"Type=notify", "WatchdogSec=", "Restart=always", "RestartSec=1", "StateDirectory=", "StartLimitIntervalSec=0"} {
		if !strings.Contains(string(text), "\n"+line) {
			t.Errorf("the unit has no line %q", line)
		}
	}
	// What the display shares must not be closed off.
	for _, line := range []string{"PrivateIPC=yes", "PrivateTmp=yes", "PrivateDevices=yes", "MemoryDenyWriteExecute=yes"} {
		if strings.Contains(string(text), "\n"+line) {
			t.Errorf("with %s there are no pictures", line)
		}
	}
}

// TestUnitsAreGood has the service manager's own check read the units.
func TestUnitsAreGood(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed (Debian package systemd), so the units are not checked")
	}
	paths, err := filepath.Glob(filepath.Join(unitFolder, "*.service"))
	if err != nil || len(paths) != 4 {
		t.Fatalf("%d units, %v", len(paths), err)
	}
	dir := t.TempDir()
	args := []string{"verify", "--man=no", "--recursive-errors=no"}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// The programs are not installed where this is built.
		for _, program := range []string{"/usr/bin/wallsrv", "/usr/bin/wall", "/usr/bin/X"} {
			text = []byte(strings.ReplaceAll(string(text), "="+program+" ", "=/bin/true "))
		}
		name := strings.Replace(filepath.Base(path), "@.", "@pc-03.", 1)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, filepath.Join(dir, name))
	}
	out, err := exec.Command(verify, args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
