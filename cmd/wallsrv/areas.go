package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"iocwall/assets"
	"iocwall/server/area"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

type areasCmd struct {
	Import areasImportCmd `cmd:"" help:"Read an administrative layer (GeoJSON) and write what the file of areas needs of it."`
}

type areasImportCmd struct {
	File      string `arg:"" help:"Layer as GeoJSON." type:"existingfile"`
	Level     string `help:"Level of its areas: province, commune, …" required:""`
	Parent    string `help:"Id of the area above them, as in vn/da-nang-2025." placeholder:"ID"`
	ValidFrom string `help:"First day they are in force, as in 2025-07-01." name:"valid-from" placeholder:"DAY"`
	Config    string `help:"Configuration whose tree they are added to; without it the built-in one." type:"existingfile" placeholder:"FILE"`
	Outlines  string `help:"Write the outlines to this file; the default is named after the layer." placeholder:"FILE"`
	Name      string `help:"Property that holds the name." placeholder:"KEY"`
	NameEn    string `help:"Property that holds the English name." name:"name-en" placeholder:"KEY"`
	Code      string `help:"Property that holds the official number." placeholder:"KEY"`
	Out       string `help:"Write the YAML to this file instead of the terminal." placeholder:"FILE"`
}

// Help is shown by --help.
func (areasImportCmd) Help() string {
	return `Prints a file of areas with what is new, and writes the outlines beside it as GeoJSON. Areas the tree has already get their outline only. Every feature that is left out is told with its place; the others are taken.

Example:
  wallsrv areas import xa.geojson --level commune --parent vn/da-nang-2025 --valid-from 2025-07-01 --out areas.yaml
  # then, in the configuration:  areas: areas.yaml`
}

// Run imports.
func (c *areasImportCmd) Run(ctx context.Context, k *kong.Context) error {
	tree, err := c.tree()
	if err != nil {
		return err
	}
	in, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	if c.Outlines == "" {
		c.Outlines = strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File)) + ".outlines.geojson"
	}
	if same(c.File, c.Outlines) {
		return errors.New("the outlines would be written over the layer; give another file with --outlines")
	}
	draft, err := os.Create(c.Outlines + ".part")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // it was renamed
	p := newProgress(k.Stderr)
	got, err := area.Import(&cancelled{ctx, bufio.NewReaderSize(in, 1<<20)}, draft, area.ImportOptions{
		Tree: tree, Level: c.Level, Parent: c.Parent, From: c.ValidFrom, Name: c.Name, NameEn: c.NameEn, Code: c.Code,
		Progress: func(n int) { p.show("read %d features", n) },
	})
	p.done()
	for _, r := range got.Rejected {
		p.say("left out: %s", strings.TrimPrefix(r.Error(), "area: "))
	}
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if len(got.Areas) == 0 {
		return fmt.Errorf("none of the %d features can be used", len(got.Rejected))
	}
	if err := os.Rename(draft.Name(), c.Outlines); err != nil {
		return err
	}
	known := 0
	for _, a := range got.Areas {
		if a.Known {
			known++
		}
	}
	if err := c.write(k.Stdout, got); err != nil {
		return err
	}
	p.say("%d areas: %d new, %d in the tree already; %d features left out; outlines in %s", len(got.Areas), len(got.Areas)-known, known, len(got.Rejected), c.Outlines)
	return nil
}

// tree returns the tree the areas are added to.
func (c *areasImportCmd) tree() (*area.Set, error) {
	if c.Config == "" {
		set, problems := area.Parse("built-in areas", assets.Areas())
		return set, mistakes(problems, "nothing was imported")
	}
	config, problems := settings.Load(c.Config)
	if err := mistakes(problems, "nothing was imported"); err != nil {
		return nil, err
	}
	set, problems := config.AreaSet()
	if len(problems) > 0 {
		return nil, strict.Error(problems)
	}
	return set, nil
}

// write writes the file of areas.
func (c *areasImportCmd) write(stdout io.Writer, got area.Imported) (err error) {
	w := stdout
	if c.Out != "" {
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("%w; give a file that is not there yet, and add what is in it to yours", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	fmt.Fprintf(w, "# Made by wallsrv areas import from %s.\ninclude: built-in\noutlines: %s\nareas:\n", filepath.Base(c.File), filepath.Base(c.Outlines))
	return got.WriteYAML(w, c.ValidFrom)
}

// same reports whether two paths lead to one file.
func same(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// cancelled is a reader that ends with its context.
type cancelled struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader.
func (c *cancelled) Read(b []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.in.Read(b)
}
