package wall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/world"
)

// encodeJSON prints a value as JSON.
func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

type switchCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
}

// Help is shown by --help.
func (switchCmd) Help() string {
	return `Returns when the wall has changed, or says why it has not.

Examples:
  wallsrv wall switch giao-ban
  wallsrv wall switch bao-so-5 --wall main --json`
}

// Run switches.
func (s *switchCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	if err := c.do(ctx, k, act.ShowScene{Wall: id, Scene: s.Scene}, fmt.Sprintf("the wall %s shows %s", id, s.Scene)); err != nil {
		return fmt.Errorf("%w (\"wallsrv wall scene list\" names the scenes)", err)
	}
	return nil
}

type undoCmd struct{}

// Help is shown by --help.
func (undoCmd) Help() string {
	return `Example:
  wallsrv wall undo`
}

// Run goes back.
func (undoCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	return c.do(ctx, k, act.UndoScene{Wall: id}, "the wall "+id+" shows the scene before again")
}

// tilePlace names what is locked.
type tilePlace struct {
	Screen int    `help:"All tiles on this screen." xor:"place" required:"" placeholder:"N"`
	Tile   string `help:"The tile of this id; \"wallsrv wall show\" names them." xor:"place" required:"" placeholder:"ID"`
}

func (p tilePlace) String() string {
	if p.Tile != "" {
		return "tile " + p.Tile
	}
	return fmt.Sprintf("screen %d", p.Screen)
}

type lockCmd struct {
	tilePlace
	For  time.Duration `help:"End the lock by itself after this time, as in 2h; without it somebody must."`
	Note string        `help:"Why; others are told." placeholder:"TEXT"`
}

// Help is shown by --help.
func (lockCmd) Help() string {
	return `What is locked stays through switches, and nothing pops up over it.

Examples:
  wallsrv wall lock --screen 14
  wallsrv wall lock --tile cam-cau-rong --for 2h --note "theo dõi cầu Rồng"`
}

// Run locks.
func (l *lockCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	if l.For < 0 || l.For%time.Minute != 0 {
		return errors.New("--for: write whole minutes, as in 90m or 2h")
	}
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	a := act.LockTile{Wall: id, Tile: l.Tile, Screen: l.Screen, Minutes: int(l.For.Minutes()), Note: l.Note}
	return c.do(ctx, k, a, l.tilePlace.String()+" of the wall "+id+" is locked")
}

type unlockCmd struct{ tilePlace }

// Help is shown by --help.
func (unlockCmd) Help() string {
	return `Examples:
  wallsrv wall unlock --screen 14
  wallsrv wall unlock --tile cam-cau-rong`
}

// Run unlocks.
func (l *unlockCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	return c.do(ctx, k, act.UnlockTile{Wall: id, Tile: l.Tile, Screen: l.Screen}, l.tilePlace.String()+" of the wall "+id+" is no longer locked")
}

// testPicture shows a picture for a while.
type testPicture struct {
	For time.Duration `help:"How long." default:"1m"`
	Off bool          `help:"End it now."`
}

func (t testPicture) run(ctx context.Context, k *kong.Context, c *Cmd, picture string) error {
	if t.For < time.Second || t.For > time.Hour {
		return errors.New("--for: write 1s to 1h")
	}
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	a, done := act.TestWall{Wall: id, Picture: picture, Seconds: int(t.For.Seconds())}, fmt.Sprintf("the wall %s shows it for %v", id, t.For)
	if t.Off {
		a, done = act.TestWall{Wall: id}, "the wall "+id+" shows its scene again"
	}
	return c.do(ctx, k, a, done)
}

type identifyCmd struct{ testPicture }

// Help is shown by --help.
func (identifyCmd) Help() string {
	return `Examples:
  wallsrv wall identify --for 5m     each screen shows its number, computer and output
  wallsrv wall identify --off`
}

// Run shows the numbers.
func (t identifyCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	return t.run(ctx, k, c, world.TestIdentify)
}

type patternCmd struct{ testPicture }

// Help is shown by --help.
func (patternCmd) Help() string {
	return `Circles must be round and lines straight where they go from screen to screen: if not, a place, a size or a bezel of the wall is wrong.

Examples:
  wallsrv wall pattern
  wallsrv wall pattern --off`
}

// Run shows the pattern.
func (t patternCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	return t.run(ctx, k, c, world.TestPattern)
}
