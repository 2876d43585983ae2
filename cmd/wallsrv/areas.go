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
	Outlines  string `help:"Write the outlines to this file; the default is named after the layer, beside the YAML." placeholder:"FILE"`
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
func (c *areasImportCmd) Run(ctx context.Context, k *kong.Context) (err error) {
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
		c.Outlines = filepath.Join(filepath.Dir(c.Out), strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))+".outlines.geojson")
	}
	if same(c.File, c.Outlines) {
		return errors.New("the outlines would be written over the layer; give another file with --outlines")
	}
	// Before anything is changed, so that the two files are of one import.
	list, end, err := c.list(k.Stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end(err != nil)) }()
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
		p.say("left out: %s", r)
	}
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if len(got.Areas) == 0 {
		return fmt.Errorf("none of the %d features can be used", len(got.Rejected))
	}
	if err := c.write(list, got); err != nil {
		return err
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

// list opens what the file of areas is written to. end takes it away again when
// the import failed.
func (c *areasImportCmd) list(stdout io.Writer) (w io.Writer, end func(failed bool) error, err error) {
	if c.Out == "" {
		return stdout, func(bool) error { return nil }, nil
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; give a file that is not there yet, and add what is in it to yours", err)
	}
	return f, func(failed bool) error {
		err := f.Close()
		if failed {
			err = errors.Join(err, os.Remove(c.Out))
		}
		return err
	}, nil
}

// write writes the file of areas.
func (c *areasImportCmd) write(w io.Writer, got area.Imported) error {
	outlines := filepath.Base(c.Outlines)
	if c.Out != "" {
		from, err1 := filepath.Abs(filepath.Dir(c.Out))
		to, err2 := filepath.Abs(c.Outlines)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		outlines = to
		if rel, err := filepath.Rel(from, to); err == nil {
			outlines = rel
		}
	}
	if _, err := fmt.Fprintf(w, "# Made by wallsrv areas import from %q.\ninclude: built-in\noutlines: %q\nareas:\n", filepath.Base(c.File), outlines); err != nil {
		return err
	}
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
