uniform vec2 frame;
uniform vec4 bounds;
uniform sampler2D planeY;
uniform sampler2D planeU;
uniform sampler2D planeV;
uniform float lumaW;
uniform float lumaH;
uniform float chromaW;
uniform float chromaH;
uniform float texelsY;
uniform float texelsC;
uniform float x0;
uniform float y0;
uniform float x1;
uniform float y1;
uniform float black;
uniform float yscale;
uniform float rv;
uniform float gu;
uniform float gv;
uniform float bu;
uniform float grey;

float pick(vec4 t, float n) {
    if (n < 0.5) { return t.r; }
    if (n < 1.5) { return t.g; }
    if (n < 2.5) { return t.b; }
    return t.a;
}

float at(sampler2D s, float x, float y, float texels, float rows) {
    float cell = floor((x + 0.5) / 4.0);
    return pick(texture2D(s, vec2((cell + 0.5) / texels, (y + 0.5) / rows)), x - 4.0 * cell);
}

float smoothAt(sampler2D s, vec2 p, float w, float h, float texels) {
    p = clamp(p, vec2(0.0), vec2(w - 1.0, h - 1.0));
    vec2 i = floor(p);
    vec2 f = p - i;
    vec2 j = min(i + 1.0, vec2(w - 1.0, h - 1.0));
    return mix(
        mix(at(s, i.x, i.y, texels, h), at(s, j.x, i.y, texels, h), f.x),
        mix(at(s, i.x, j.y, texels, h), at(s, j.x, j.y, texels, h), f.x), f.y);
}

void main() {
    vec2 p = vec2(gl_FragCoord.x - bounds[0], frame.y - gl_FragCoord.y - bounds[1]);
    vec2 size = vec2(bounds[2] - bounds[0], bounds[3] - bounds[1]);
    if (p.x < 0.0 || p.y < 0.0 || p.x > size.x || p.y > size.y) {
        gl_FragColor = vec4(0.0);
        return;
    }
    vec2 luma = vec2(mix(x0, x1, p.x / size.x) * lumaW, mix(y0, y1, p.y / size.y) * lumaH) - 0.5;
    vec2 chroma = vec2(luma.x / 2.0, (luma.y - 0.5) / 2.0);
    float y = (smoothAt(planeY, luma, lumaW, lumaH, texelsY) - black) * yscale;
    float u = smoothAt(planeU, chroma, chromaW, chromaH, texelsC) - 128.0 / 255.0;
    float v = smoothAt(planeV, chroma, chromaW, chromaH, texelsC) - 128.0 / 255.0;
    vec3 c = clamp(vec3(y + rv * v, y - gu * u - gv * v, y + bu * u), 0.0, 1.0);
    if (grey > 0.5) {
        c = vec3(0.55 * dot(c, vec3(0.299, 0.587, 0.114)));
    }
    gl_FragColor = vec4(c, 1.0);
}
