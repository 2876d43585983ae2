'use strict';

// run prepares a map, shows what it has drawn, and then draws as many frames as
// the benchmark asks for, time and again.
async function run(prepare) {
	const post = (path, body) => fetch(path, {method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body)});
	try {
		const map = await prepare(await (await fetch('/scene.json')).json());
		let n = 0;
		for (;;) {
			const asked = await (await fetch('/next')).json();
			if (asked.picture) {
				await post('/picture', await map.picture());
				continue;
			}
			const before = map.renders();
			for (let i = 0; i < asked.frames; i++) {
				n = (n + 1) % 200; // points go out to sea and begin again
				await map.frame(n);
			}
			await post('/done', {frames: asked.frames, renders: map.renders() - before, width: innerWidth, height: innerHeight});
		}
	} catch (e) {
		await post('/failed', String(e && e.stack || e));
	}
}
