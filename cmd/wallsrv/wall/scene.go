package wall

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/recorder"
	"iocwall/server/stage"
	"iocwall/server/world"
)

type sceneCmd struct {
	List    sceneListCmd    `cmd:"" help:"List the scenes."`
	Export  sceneExportCmd  `cmd:"" help:"Write a scene as YAML."`
	Import  sceneImportCmd  `cmd:"" help:"Save a scene from YAML."`
	Diff    sceneDiffCmd    `cmd:"" help:"Tell what changed from one version of a scene to another."`
	History sceneHistoryCmd `cmd:"" help:"List the versions of a scene, removed ones too."`
	Remove  sceneRemoveCmd  `cmd:"" help:"Remove a scene; its versions stay in the history."`
}

type sceneListCmd struct{}

// Help is shown by --help.
func (sceneListCmd) Help() string {
	return `Example:
  wallsrv wall scene list`
}

// Run lists.
func (sceneListCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return encodeJSON(k.Stdout, v.Scenes)
	}
	now := world.TimeOf(time.Now())
	w := listing(k.Stdout, "ID", "NAME", "KEY", "VERSION", "TILES", "ZONES", "SAVED", "BY", "ON")
	for _, x := range v.Scenes {
		key, on := "", ""
		if x.Preset > 0 {
			key = fmt.Sprint(x.Preset)
		}
		if x.ID == v.Scene {
			on = "the wall"
		}
		row(w, x.ID, x.Name, key, x.Version, x.Tiles, x.Zones, clock(x.Time, now), x.By, on)
	}
	return w.Flush()
}

type sceneHistoryCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
}

// Help is shown by --help.
func (sceneHistoryCmd) Help() string {
	return `Example:
  wallsrv wall scene history giao-ban`
}

// Run lists the versions.
func (s *sceneHistoryCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	var vs []recorder.Version
	raw, err := c.get(ctx, versionsPath(id, s.Scene), nil, &vs)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(k.Stdout, raw)
	}
	now := world.TimeOf(time.Now())
	w := listing(k.Stdout, "VERSION", "SAVED", "BY", "NAME", "TILES", "ZONES", "")
	for _, v := range vs {
		gone := ""
		if v.Removed {
			gone = "removed"
		}
		row(w, v.Version, clock(v.Time, now), v.By, v.Name, v.Tiles, v.Zones, gone)
	}
	return w.Flush()
}

func versionsPath(wall, scene string) string {
	return "/api/walls/" + url.PathEscape(wall) + "/scenes/" + url.PathEscape(scene) + "/versions"
}

type sceneRemoveCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
}

// Help is shown by --help.
func (sceneRemoveCmd) Help() string {
	return `Example:
  wallsrv wall scene remove thu-nghiem`
}

// Run removes.
func (s *sceneRemoveCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	b, err := sceneOf(v, s.Scene)
	if err != nil {
		return err
	}
	return c.do(ctx, k, act.SaveScene{Scene: world.SceneSaved{ID: b.ID, Wall: v.ID, Name: b.Name, Version: b.Version, Removed: true}}, "the scene "+s.Scene+" is removed")
}

// sceneOf returns the scene of a wall.
func sceneOf(v stage.WallView, id string) (stage.SceneBrief, error) {
	i := slices.IndexFunc(v.Scenes, func(b stage.SceneBrief) bool { return b.ID == id })
	if i < 0 {
		return stage.SceneBrief{}, fmt.Errorf("the wall %s has no scene %q; \"wallsrv wall scene list\" names them", v.ID, id)
	}
	return v.Scenes[i], nil
}

// saved returns a version of a scene; zero is the one that stands.
func (c *Cmd) saved(ctx context.Context, v stage.WallView, scene string, version int) (world.SceneSaved, error) {
	if version == 0 {
		b, err := sceneOf(v, scene)
		if err != nil {
			return world.SceneSaved{}, err
		}
		version = b.Version
	}
	var got recorder.Saved
	_, err := c.get(ctx, fmt.Sprintf("%s/%d", versionsPath(v.ID, scene), version), nil, &got)
	return got.Scene, err
}
