'use strict';
const SHOWN = 400;
for (const box of document.querySelectorAll('input[type=search]')) {
	const all = JSON.parse(document.getElementById(box.dataset.registers).textContent);
	const words = all.map(row => row.join(' ').toLowerCase());
	const table = document.getElementById(box.dataset.table).tBodies[0];
	const count = document.getElementById(box.dataset.count);
	const usual = [...table.rows];
	box.addEventListener('input', () => {
		const wanted = box.value.toLowerCase().split(/\s+/).filter(word => word);
		if (!wanted.length) {
			table.replaceChildren(...usual);
			count.textContent = '';
			return;
		}
		const found = all.filter((_, index) => wanted.every(word => words[index].includes(word)));
		table.replaceChildren(...found.slice(0, SHOWN).map(row => {
			const line = document.createElement('tr');
			for (const text of row) {
				const cell = line.insertCell();
				cell.className = 'mono';
				cell.textContent = text;
			}
			return line;
		}));
		const more = found.length > SHOWN ? `, the first ${SHOWN} are shown` : '';
		count.textContent = `${found.length} of ${all.length} registers${more}`;
	});
	// A link to the page may say what to look for: report.html#SGE_INT.
	box.value = decodeURIComponent(location.hash.slice(1));
	box.dispatchEvent(new Event('input'));
}
// What was written last says most.
for (const log of document.querySelectorAll('.log')) log.scrollTop = log.scrollHeight;
