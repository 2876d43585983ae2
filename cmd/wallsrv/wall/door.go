// Package wall is the commands of walls of the server's program. They go through the
// server's doors, so they work from any computer, and the server checks the right of
// the token.
package wall

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/dial"
	"iocwall/server/stage"
	"iocwall/server/world"
)

// Cmd are the commands of walls. They go through the server's doors, so they
// work from any computer and the server checks the right of the token.
type Cmd struct {
	Server    string `help:"Address of the server: http://host:port or https://…" default:"http://127.0.0.1:8080" env:"IOCWALL_SERVER"`
	TokenFile string `help:"File that holds your token, made by \"wallsrv token add\"." type:"existingfile" name:"token-file" env:"IOCWALL_TOKEN_FILE" placeholder:"FILE"`
	CA        string `help:"PEM file of the authority that signed the server's certificate, where the system does not know it." type:"existingfile" name:"ca" placeholder:"FILE"`
	Wall      string `help:"Id of the wall; the first one if left out." placeholder:"ID"`
	JSON      bool   `help:"Print what the server answers as JSON." name:"json"`

	List       listCmd       `cmd:"" help:"List the walls."`
	Show       showCmd       `cmd:"" help:"Show what is on a wall, in its zones and waiting, and how its computers are."`
	Switch     switchCmd     `cmd:"" help:"Put a scene on the wall."`
	Undo       undoCmd       `cmd:"" help:"Go back to the scene before."`
	Lock       lockCmd       `cmd:"" help:"Keep a tile, or all tiles on a screen, where they are."`
	Unlock     unlockCmd     `cmd:"" help:"End a lock of yours; an administrator ends any."`
	Identify   identifyCmd   `cmd:"" help:"Show on each screen its number, its computer and its output."`
	Pattern    patternCmd    `cmd:"" help:"Show a test picture over all screens: circles and diagonals that must go through the bezels."`
	Popup      popupCmd      `cmd:"" help:"Open cameras, a map or a note in a zone of the wall."`
	Close      closeCmd      `cmd:"" help:"Close a popup."`
	Log        logCmd        `cmd:"" help:"Tell what was on which screen, who put it there, and how fresh it was."`
	Screenshot screenshotCmd `cmd:"" help:"Save a picture of what the screens show now."`
	Nodes      nodesCmd      `cmd:"" help:"List the computers of the wall and their health."`
	Enrol      enrolCmd      `cmd:"" help:"Make the one-time code that lets a computer in."`
	Map        mapCmd        `cmd:"" help:"Say which computer and output drive a screen."`
	Scene      sceneCmd      `cmd:"" help:"List, export, import, compare and remove scenes."`
	Schedule   scheduleCmd   `cmd:"" help:"List, save and remove schedules, or give the wall back to them."`
}

const (
	// callLimit bounds one question to the server.
	callLimit = 30 * time.Second
	// longestAnswer bounds what is read of an answer, in bytes.
	longestAnswer = 64 << 20
)

// token reads the token.
func (c *Cmd) token() (string, error) {
	if c.TokenFile == "" {
		return "", errors.New("no token given; name the file that holds yours with --token-file, or in IOCWALL_TOKEN_FILE (\"wallsrv token add\" makes one)")
	}
	return dial.Token(c.TokenFile)
}

// ask sends one request and returns the answer, whatever its status.
func (c *Cmd) ask(ctx context.Context, method, path string, query url.Values, body any) (status int, header http.Header, answer []byte, err error) {
	u, err := dial.Base(c.Server)
	if err != nil {
		return 0, nil, nil, err
	}
	u.Path, u.RawQuery = path, query.Encode()
	token, err := c.token()
	if err != nil {
		return 0, nil, nil, err
	}
	var send io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, nil, err
		}
		send = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), send)
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client, _, err := dial.Client(c.CA)
	if err != nil {
		return 0, nil, nil, err
	}
	client.Timeout = callLimit
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return 0, nil, nil, fmt.Errorf("the server does not answer at %s: %w; is it running, and is --server right?", u.Host, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err = io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("the server's answer broke off: %w; try again", err)
	}
	return resp.StatusCode, resp.Header, answer, nil
}

// get asks for JSON. It returns it as it came, too.
func (c *Cmd) get(ctx context.Context, path string, query url.Values, into any) ([]byte, error) {
	status, _, raw, err := c.ask(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return nil, err
	}
	if err := refusal(status, raw); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, fmt.Errorf("the server's answer cannot be read: %w; is --server the address of this server, and of this version?", err)
	}
	return raw, nil
}

// dash stands for what is not there.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// refusal returns what the server said instead of an answer.
func refusal(status int, raw []byte) error {
	if status == http.StatusOK {
		return nil
	}
	var said struct{ Error string }
	if err := json.Unmarshal(raw, &said); err != nil || said.Error == "" {
		said.Error = fmt.Sprintf("the server answers %d %s; is --server its address, and is it of this version?", status, http.StatusText(status))
	}
	return errors.New(said.Error)
}

// do sends a command and says what became of it.
func (c *Cmd) do(ctx context.Context, k *kong.Context, a act.Act, done string) error {
	r, raw, err := c.order(ctx, a)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	fmt.Fprintln(k.Stdout, done)
	if r.Reason != "" {
		fmt.Fprintln(k.Stdout, "note:", r.Reason)
	}
	return nil
}

// order sends a command and returns its receipt; a refusal is an error.
func (c *Cmd) order(ctx context.Context, a act.Act) (world.Receipt, []byte, error) {
	var r world.Receipt
	status, _, raw, err := c.ask(ctx, http.MethodPost, "/api/commands", nil, act.Command{ID: "cli-" + rand.Text(), Act: a})
	if err != nil {
		return r, nil, err
	}
	if status != http.StatusOK && status != http.StatusConflict {
		return r, nil, refusal(status, raw)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, nil, fmt.Errorf("the server's receipt cannot be read: %w", err)
	}
	if !r.OK {
		return r, nil, errors.New(r.Reason)
	}
	return r, raw, nil
}

// id returns the id of the wall that is meant.
func (c *Cmd) id(ctx context.Context) (string, error) {
	if c.Wall != "" {
		return c.Wall, nil
	}
	var walls []stage.WallBrief
	if _, err := c.get(ctx, "/api/walls", nil, &walls); err != nil {
		return "", err
	}
	if len(walls) == 0 {
		return "", errors.New("the server has no wall; describe one in its configuration")
	}
	return walls[0].ID, nil
}

// view returns the wall that is meant.
func (c *Cmd) view(ctx context.Context) (stage.WallView, []byte, error) {
	var v stage.WallView
	id, err := c.id(ctx)
	if err != nil {
		return v, nil, err
	}
	raw, err := c.get(ctx, "/api/walls/"+url.PathEscape(id), nil, &v)
	return v, raw, err
}

// printJSON prints an answer with its lines set apart.
func printJSON(w io.Writer, raw []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, strings.TrimRight(out.String(), "\n"))
	return err
}

// clock writes a time as people in Vietnam read it: the hour alone when it is of
// the day of now.
func clock(t, now world.Time) string {
	if t == 0 {
		return "-"
	}
	x, y := inVietnam(t), inVietnam(now)
	if x.Format(time.DateOnly) == y.Format(time.DateOnly) {
		return x.Format(time.TimeOnly)
	}
	return x.Format(time.DateTime)
}

func inVietnam(t world.Time) time.Time { return t.Std().In(vietnam()) }

// vietnam is the time zone of the centre; there is no summer time in it.
func vietnam() *time.Location { return time.FixedZone("+07", 7*3600) }
