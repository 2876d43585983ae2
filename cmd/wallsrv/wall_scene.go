package main

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

type wallSceneCmd struct {
	List    wallSceneListCmd    `cmd:"" help:"List the scenes."`
	Export  wallSceneExportCmd  `cmd:"" help:"Write a scene as YAML."`
	Import  wallSceneImportCmd  `cmd:"" help:"Save a scene from YAML."`
	Diff    wallSceneDiffCmd    `cmd:"" help:"Tell what changed from one version of a scene to another."`
	History wallSceneHistoryCmd `cmd:"" help:"List the versions of a scene, removed ones too."`
	Remove  wallSceneRemoveCmd  `cmd:"" help:"Remove a scene; its versions stay in the history."`
}

type wallSceneListCmd struct{}

// Help is shown by --help.
func (wallSceneListCmd) Help() string {
	return `Example:
  wallsrv wall scene list`
}

// Run lists.
func (wallSceneListCmd) Run(ctx context.Context, k *kong.Context, c *wallCmd) error {
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

type wallSceneHistoryCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
}

// Help is shown by --help.
func (wallSceneHistoryCmd) Help() string {
	return `Example:
  wallsrv wall scene history giao-ban`
}

// Run lists the versions.
func (s *wallSceneHistoryCmd) Run(ctx context.Context, k *kong.Context, c *wallCmd) error {
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

type wallSceneRemoveCmd struct {
	Scene string `arg:"" help:"Id of the scene."`
}

// Help is shown by --help.
func (wallSceneRemoveCmd) Help() string {
	return `Example:
  wallsrv wall scene remove thu-nghiem`
}

// Run removes.
func (s *wallSceneRemoveCmd) Run(ctx context.Context, k *kong.Context, c *wallCmd) error {
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
func (c *wallCmd) saved(ctx context.Context, v stage.WallView, scene string, version int) (world.SceneSaved, error) {
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
