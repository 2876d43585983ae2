package wall

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/scene/document"
	"iocwall/server/stage"
	"iocwall/server/strict"
	"iocwall/server/world"
)

type sceneExportCmd struct {
	Scene   string `arg:"" help:"Id of the scene."`
	Version int    `help:"This version; the one that stands if left out." name:"at-version" placeholder:"N"`
	Out     string `help:"Write to this file instead of the terminal." short:"o" placeholder:"FILE"`
}

// Help is shown by --help.
func (sceneExportCmd) Help() string {
	return `Writes YAML that people can read, keep and change; "wallsrv wall scene import" reads it back.

Examples:
  wallsrv wall scene export giao-ban -o giao-ban.yaml
  wallsrv wall scene export giao-ban --at-version 3`
}

// Run writes the scene.
func (s *sceneExportCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	sc, err := c.saved(ctx, v, s.Scene, s.Version)
	if err != nil {
		return err
	}
	if sc.Removed {
		return fmt.Errorf("with version %d the scene was removed; export the one before", sc.Version)
	}
	if c.JSON {
		return encodeJSON(k.Stdout, sc)
	}
	text := document.WriteScene(v.Wall, sc)
	if s.Out != "" {
		return os.WriteFile(s.Out, text, 0o644) //nolint:gosec // what is on a wall everybody sees
	}
	_, err = k.Stdout.Write(text)
	return err
}

type sceneImportCmd struct {
	File  string `arg:"" help:"YAML as \"wallsrv wall scene export\" writes it; - for the standard input."`
	Force bool   `help:"Replace the scene that stands, whichever version the file was made from."`
	Check bool   `help:"Only say what would change."`
}

// Help is shown by --help.
func (sceneImportCmd) Help() string {
	return `All mistakes are told with file, line and column, and nothing is saved then. A scene that somebody changed since the file was made stays, unless --force is given.

Examples:
  wallsrv wall scene import giao-ban.yaml
  wallsrv wall scene import giao-ban.yaml --check
  wallsrv wall scene export giao-ban | sed 's/cau-rong-1/cau-rong-2/' | wallsrv wall scene import -`
}

// Run saves the scene.
func (s *sceneImportCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	sc, err := readScene(s.File, v.Wall)
	if err != nil {
		return err
	}
	was := world.SceneSaved{ID: sc.ID}
	if i := slices.IndexFunc(v.Scenes, func(b stage.SceneBrief) bool { return b.ID == sc.ID }); i >= 0 {
		if was, err = c.saved(ctx, v, sc.ID, v.Scenes[i].Version); err != nil {
			return err
		}
	}
	switch {
	case was.Version == 0 || s.Force:
		sc.Version = was.Version // one that was removed comes as a new one
	case sc.Version != was.Version:
		return fmt.Errorf("the file was made from version %d of the scene %s, and version %d of %s stands; look with \"wallsrv wall scene diff %s %s\", or replace it with --force",
			sc.Version, sc.ID, was.Version, dash(was.By), sc.ID, s.File)
	}
	d := scene.Diff(was, sc)
	if s.Check || was.Version > 0 && d.Empty() {
		return tellChange(k.Stdout, d, v.Wall)
	}
	return c.do(ctx, k, act.SaveScene{Scene: sc}, fmt.Sprintf("the scene %s of the wall %s is saved", sc.ID, v.ID))
}

// readScene reads a scene from a file.
func readScene(file string, w world.WallDefined) (world.SceneSaved, error) {
	var raw []byte
	var err error
	name := file
	if file == "-" {
		name = "standard input"
		raw, err = io.ReadAll(io.LimitReader(os.Stdin, document.MaxBytes+1))
	} else {
		raw, err = os.ReadFile(file)
	}
	if err != nil {
		return world.SceneSaved{}, err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return world.SceneSaved{}, fmt.Errorf("%s is empty; \"wallsrv wall scene export\" writes such a file", name)
	}
	sc, problems := document.ReadScene(name, raw, w)
	if n := len(problems); n > 0 {
		return sc, fmt.Errorf("%w\n%d mistakes; nothing was saved", strict.Error(problems), n)
	}
	sc.Wall = w.ID
	return sc, nil
}

type sceneDiffCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
	File  string `arg:"" optional:"" help:"Compare what stands with this file." type:"existingfile"`
	From  int    `help:"Earlier version; the one before the later one if left out." placeholder:"N"`
	To    int    `help:"Later version; the one that stands if left out." placeholder:"N"`
}

// Help is shown by --help.
func (sceneDiffCmd) Help() string {
	return `Examples:
  wallsrv wall scene diff giao-ban                  what the last change was
  wallsrv wall scene diff giao-ban --from 2 --to 5
  wallsrv wall scene diff giao-ban giao-ban.yaml    what an import would change`
}

// Run compares.
func (s *sceneDiffCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	if s.File != "" && s.From+s.To != 0 {
		return errors.New("give either a file or --from and --to")
	}
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	b, err := c.saved(ctx, v, s.Scene, s.To)
	if err != nil {
		return err
	}
	var a world.SceneSaved
	switch {
	case s.File != "":
		a = b
		if b, err = readScene(s.File, v.Wall); err != nil {
			return err
		}
		if b.ID != a.ID {
			return fmt.Errorf("the file holds the scene %q, not %q", b.ID, a.ID)
		}
	case s.From == 0 && b.Version <= 1:
		return fmt.Errorf("version %d of the scene %s is the first one; there is nothing before it", b.Version, s.Scene)
	case s.From == 0:
		a, err = c.saved(ctx, v, s.Scene, b.Version-1)
	default:
		a, err = c.saved(ctx, v, s.Scene, s.From)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return encodeJSON(k.Stdout, scene.Diff(a, b))
	}
	return tellChange(k.Stdout, scene.Diff(a, b), v.Wall)
}

// tellChange tells of a difference.
func tellChange(out io.Writer, d scene.Difference, w world.WallDefined) error {
	text := d.Text(w)
	if d.Empty() {
		text = "nothing differs\n"
	}
	_, err := io.WriteString(out, text)
	return err
}
