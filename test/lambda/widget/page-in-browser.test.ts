import { beforeAll, describe, expect, test } from 'vitest';
import { BANDS } from '../../../lambda/model/bands.ts';
import { threadFigures } from '../../../lambda/model/figures.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import type { CheckResult } from '../../../lambda/model/results.ts';
import { textsOf } from '../../../lambda/texts/texts-of.ts';
import { errorHtml, widgetHtml } from '../../../lambda/widget/page.ts';
import type { Theme } from '../../../lambda/widget/style.ts';
import { checkResult, topThread } from '../../support/browser/check-results.ts';
import { chromiumProgram } from '../../support/browser/chromium.ts';
import { type Layout, measureWidgets } from '../../support/browser/measured-widget.ts';
import { totalsOf } from '../../support/job/totals.ts';

/** From a quarter of a narrow window to a whole wide one, and both sides of every change of the layout. */
const WIDTHS = [300, 423, 424, 563, 564, 763, 764, 963, 964, 1200, 1800];
/** CloudWatch's own, by theme. */
const GROUNDS: Readonly<Record<Theme, string>> = { light: '#ffffff', dark: '#161d26' };

const NAMES = ['Ana', 'Beto', 'Abuelita Rosa', 'María José', 'Luz', 'Iván', 'Camila', 'Ximena', 'Óscar', 'Inés'];
const USUAL = checkResult({ topThreads: NAMES.map((name, index) => topThread(2_500_000 - index * 200_000, name)) });
const MOST = 2_147_483_647;
/** The largest figures that an integer column can give, and names that fit nowhere. */
const EXTREME = checkResult({
  ...threadFigures(totalsOf(Array(4).fill({ threads: 9_999_999, tokens: MOST * 500 }), 0, MOST)),
  forecast: { next: 'refused', threads: 9_999_999, share: 99.9, allowed: 99.123456 },
  topThreads: ['W'.repeat(60), 'Mmm '.repeat(20), '', '🐉'.repeat(100)].map((name) => topThread(MOST, name)),
  recentCleanups: Array.from({ length: 5 }, (_, id) => ({
    id,
    firstId: id,
    requestId: null,
    executionTime: '2025-12-29T23:59:59.000Z',
    cleanedCount: 9_999_999,
    totalTokensCleared: MOST * 500,
    auditCount: 1,
    restoredCount: 0,
    restoredAt: null,
  })),
});

const draw = (result: CheckResult, language: 'en' | 'es', theme: Theme) =>
  widgetHtml(result, { theme, texts: textsOf(language), timezone: 'America/Bogota', at: '2025-12-29T19:04:00Z' });
const MESSAGE = new JobError('SecretUnavailable', `The secret "${'x'.repeat(300)}" cannot be read: access denied.`);

const CASES = WIDTHS.flatMap((width) => [
  { title: 'usual figures in English, light', result: USUAL, language: 'en', theme: 'light', width } as const,
  { title: 'usual figures in Spanish, dark', result: USUAL, language: 'es', theme: 'dark', width } as const,
  { title: 'extreme figures in English, dark', result: EXTREME, language: 'en', theme: 'dark', width } as const,
  { title: 'extreme figures in Spanish, light', result: EXTREME, language: 'es', theme: 'light', width } as const,
  { title: 'an error', result: undefined, language: 'es', theme: 'light', width } as const,
]).map((one) => ({ ...one, name: `${one.title}, ${one.width} px` }));

describe.skipIf(chromiumProgram === undefined)(
  `in a real browser${chromiumProgram ? '' : ' (skipped: no Chromium is installed)'}`,
  () => {
    const layouts = new Map<string, Layout>();
    beforeAll(async () => {
      const measured = await measureWidgets(
        CASES.map(({ result, language, theme, width }) => ({
          html: result ? draw(result, language, theme) : errorHtml(MESSAGE, { theme, texts: textsOf(language) }),
          width,
          background: GROUNDS[theme],
        })),
      );
      for (const [index, { name }] of CASES.entries()) {
        const layout = measured[index];
        if (layout) layouts.set(name, layout);
      }
    });
    function layoutOf(name: string): Layout {
      const layout = layouts.get(name);
      if (layout === undefined) throw new Error(`${name} was not measured.`);
      return layout;
    }

    test.each(CASES)('fits its width, shows every text whole and in a legible colour: $name', ({ name, width }) => {
      const layout = layoutOf(name);
      expect(layout.width).toBe(width);
      expect(layout.height).toBeGreaterThan(60);
      expect(layout.overflow).toBeLessThanOrEqual(0.5);
      expect(layout.clipped).toEqual([]);
      expect(layout.contrast).toBeGreaterThanOrEqual(1);
    });

    test.each(WIDTHS)('every bar has the width of its share at %i px', (width) => {
      const { bars } = layoutOf(`usual figures in English, light, ${width} px`);
      const ofBands = BANDS.map((band) => USUAL.bands[band].threads / USUAL.activeThreads);
      const ofThreads = USUAL.topThreads.map(({ tokens }) => tokens / USUAL.maxTokens);
      const shares = [...ofBands, ...ofThreads];
      expect(bars).toHaveLength(shares.length);
      for (const [index, { track, fill, mark }] of bars.entries()) {
        expect(track).toBeGreaterThanOrEqual(50);
        expect(fill).toBeCloseTo(track * (shares[index] ?? Number.NaN), 0);
        if (index >= BANDS.length) expect(mark).toBeCloseTo(track * (USUAL.tokenLimit / USUAL.maxTokens), 0);
      }
    });

    test.each(WIDTHS)('usual names are whole, and long ones are cut at %i px', (width) => {
      const usual = layoutOf(`usual figures in Spanish, dark, ${width} px`);
      expect(usual.names).toEqual(NAMES.map((text) => ({ text, cut: false })));
      const extreme = layoutOf(`extreme figures in English, dark, ${width} px`);
      // How wide the dragons are is the font's business, and not every machine has one with dragons.
      expect(extreme.names.slice(0, 3).map(({ cut }) => cut)).toEqual([true, true, false]);
    });

    test.each(WIDTHS)(
      'at %i px the largest threads stand beside the rest where there is room, else between it',
      (width) => {
        const { headings } = layoutOf(`usual figures in English, light, ${width} px`);
        const byTop = [...headings]
          .sort((a, b) => a.top - b.top || a.left - b.left)
          .map(({ left }) => left > width / 4);
        expect(byTop).toEqual(width >= 964 ? [false, true, false] : [false, false, false]);
        const [bands, threads, cleanups] = headings.map(({ top }) => top);
        // Beside: the last cleanups follow the four bands, not the ten threads.
        if (width >= 964) expect((cleanups ?? 0) - (bands ?? 0)).toBeLessThan(200);
        else expect((cleanups ?? 0) - (threads ?? 0)).toBeGreaterThan(200);
      },
    );
  },
);
