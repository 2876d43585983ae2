package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// somebody is a user of the demonstration.
type somebody struct {
	login, name, role string
	areas             []string
	unit              string // the agency that the user works for
}

// staff are the users of the demonstration: who sits where in a centre.
var staff = []somebody{
	{"admin", "Phạm Quản Trị", "administrator", nil, ""},
	{"mai", "Trần Thị Mai", "operator", nil, ""},
	{"nam", "Lê Văn Nam", "leader", nil, ""},
	{"bao", "Hoàng Quốc Bảo", "technician", nil, ""},
	{"dung", "Nguyễn Văn Dũng", "unit", []string{"vn/da-nang-2025/hoi-an"}, "p-hoi-an"},
	// A department works in the whole province and has no area of its own.
	{"lan", "Đỗ Thị Lan", "unit", []string{"vn/da-nang-2025"}, "so-nnmt"},
}

// PeopleFile returns where the logins and passwords of the demonstration's users
// are.
func (p *Province) PeopleFile() string { return filepath.Join(p.o.Dir, "users.txt") }

// People makes the demonstration's users through the server's public doors, as an
// administrator whose token it is, and chooses their passwords as they would. Those
// whose password the file knows stay as they are.
func (p *Province) People(ctx context.Context, url, token string) error {
	d := &people{url: url, client: &http.Client{Timeout: 30 * time.Second}}
	known := p.passwords()
	var there struct{ Users []struct{ Login string } }
	if err := d.ask(ctx, "GET", "/api/users", token, nil, &there); err != nil {
		return err
	}
	has := map[string]bool{}
	for _, u := range there.Users {
		has[u.Login] = true
	}
	for _, s := range staff {
		if has[s.login] && known[s.login] != "" {
			continue
		}
		password, err := d.hire(ctx, token, s, has[s.login])
		if err != nil {
			return fmt.Errorf("demo: user %s: %w", s.login, err)
		}
		known[s.login] = password
		if err := p.writePeople(known); err != nil {
			return err
		}
	}
	return nil
}

// passwords reads the file of users, as far as there is one.
func (p *Province) passwords() map[string]string {
	out := map[string]string{}
	text, _ := os.ReadFile(p.PeopleFile()) // without it all are made anew
	for _, line := range strings.Split(string(text), "\n") {
		if f := strings.Fields(line); len(f) >= 2 && f[0] != "#" {
			out[f[0]] = f[1]
		}
	}
	return out
}

func (p *Province) writePeople(known map[string]string) error {
	var b strings.Builder
	b.WriteString("# login password role; administrator and leader set up a second factor at their first login\n")
	for _, s := range staff {
		if known[s.login] != "" {
			fmt.Fprintf(&b, "%-6s %s  %s\n", s.login, known[s.login], s.role)
		}
	}
	if err := os.WriteFile(p.PeopleFile(), []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// people asks the doors of users.
type people struct {
	url    string
	client *http.Client
}

// hire makes a user, or gives one a new one-time password, and chooses a password.
func (d *people) hire(ctx context.Context, token string, s somebody, there bool) (string, error) {
	areas := []map[string]string{}
	for _, a := range s.areas {
		areas = append(areas, map[string]string{"area": a})
	}
	path, body := "/api/users", map[string]any{"login": s.login, "name": s.name, "role": s.role, "areas": areas, "unit": s.unit}
	if there {
		path, body = "/api/users/"+s.login+"/reset", map[string]any{"factor": true}
	}
	var given struct{ Password, Token string }
	if err := d.ask(ctx, "POST", path, token, body, &given); err != nil {
		return "", err
	}
	if err := d.ask(ctx, "POST", "/api/login", "", map[string]string{"login": s.login, "password": given.Password}, &given); err != nil {
		return "", err
	}
	chosen := strings.ToLower(rand.Text()[:16])
	if err := d.ask(ctx, "POST", "/api/me/password", given.Token, map[string]string{"old": given.Password, "new": chosen}, nil); err != nil {
		return "", err
	}
	return chosen, d.ask(ctx, "POST", "/api/logout", given.Token, nil, nil)
}

// ask sends JSON and reads the answer into out, which may be nil.
func (d *people) ask(ctx context.Context, method, path, token string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.url+path, body)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		var said struct{ Error string }
		_ = json.Unmarshal(raw, &said) // the status is left
		return fmt.Errorf("%s answered %s: %s", path, resp.Status, said.Error)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
