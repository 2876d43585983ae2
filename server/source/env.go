package source

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// Env is what a source may use of its surroundings. The zero value works.
type Env struct {
	// Name is the source's name in the configuration.
	Name string
	// Dir is the folder that relative paths start from: where the
	// configuration lies.
	Dir string
	// Logger takes messages that are more than health; nil discards them.
	Logger *slog.Logger
	// Lookup reads an environment variable; nil means os.LookupEnv.
	Lookup func(name string) (string, bool)
	// Keep is told every secret that Secret returns, so that it can be removed
	// from whatever is shown later. It may be nil.
	Keep func(secret string)
}

// maxSecret bounds a secret's file: a certificate chain fits, a video does not.
const maxSecret = 64 << 10

// Log returns the logger, never nil.
func (e Env) Log() *slog.Logger {
	if e.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return e.Logger
}

// Path returns p, relative paths taken from Dir.
func (e Env) Path(p string) string {
	if p == "" || filepath.IsAbs(p) || e.Dir == "" {
		return p
	}
	return filepath.Join(e.Dir, p)
}

// Secret returns the secret that ref points at: "env:NAME" is an environment
// variable, "file:PATH" the content of a file without the line break at its
// end. An empty ref is an empty secret. Errors name the ref, never the value.
func (e Env) Secret(ref string) (string, error) {
	if ref == "" {
		return "", nil
	}
	value, err := e.secret(ref)
	if err != nil {
		return "", err
	}
	if e.Keep != nil {
		e.Keep(value)
	}
	return value, nil
}

func (e Env) secret(ref string) (string, error) {
	if p := CheckSecret("", ref); p != nil {
		return "", fmt.Errorf("source: %s; %s", p.Message, p.Suggestion)
	}
	where, name, _ := strings.Cut(ref, ":")
	if where == "env" {
		lookup := e.Lookup
		if lookup == nil {
			lookup = os.LookupEnv
		}
		value, ok := lookup(name)
		if !ok || value == "" {
			return "", fmt.Errorf("source: the environment variable %s is not set; set it where the server is started", name)
		}
		return value, nil
	}
	f, err := os.Open(e.Path(name))
	if err != nil {
		return "", fmt.Errorf("source: read a secret: %w; make the file or correct its path", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("source: read a secret: %w", err)
	}
	if len(raw) > maxSecret {
		return "", fmt.Errorf("source: the secret in %s is longer than %d bytes; is it the right file?", name, maxSecret)
	}
	value := strings.TrimRight(string(raw), "\r\n")
	if value == "" {
		return "", fmt.Errorf("source: the secret file %s is empty; write the secret into it", name)
	}
	return value, nil
}

// CheckSecret returns what is wrong with a reference to a secret at the given
// path of a configuration, nil when nothing is or it is empty. The reference is
// not repeated in the message: it may be the secret itself, put there by mistake.
func CheckSecret(path, ref string) *Problem {
	if ref == "" {
		return nil
	}
	where, name, ok := strings.Cut(ref, ":")
	if ok && name != "" && (where == "env" || where == "file") {
		return nil
	}
	return &Problem{
		Path: path, Message: "a secret does not belong into the configuration",
		Suggestion: `write env:NAME for an environment variable or file:PATH for a file that holds it`,
	}
}
