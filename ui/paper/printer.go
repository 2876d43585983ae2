package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// printLimit is how long the system may take to accept a document.
const printLimit = 20 * time.Second

// ErrNoPrinter says that this computer has no printing: save the file instead.
var ErrNoPrinter = errors.New("no printer is set up on this computer")

// Print hands a PDF to the system's default printer by CUPS' lp. It waits until the
// document is accepted, not until it is printed.
func Print(ctx context.Context, pdf []byte, title string) error {
	lp, err := exec.LookPath("lp")
	if err != nil {
		return ErrNoPrinter
	}
	ctx, cancel := context.WithTimeout(ctx, printLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, lp, "-t", strings.TrimLeft(title, "-"), "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.CombinedOutput()
	said := strings.TrimSpace(string(out))
	switch {
	case err == nil:
		return nil
	case strings.Contains(said, "No default destination") || strings.Contains(said, "no default destination"):
		return ErrNoPrinter
	case said != "":
		return fmt.Errorf("the printer did not take it: %.200s", said)
	}
	return fmt.Errorf("the printer did not take it: %w", err)
}
