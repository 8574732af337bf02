/** Every metric that a cleanup writes, with its unit. Alarms and dashboard read them by these names. */
export const METRICS = {
  ThreadsCleared: 'Count',
  TokensCleared: 'Count',
  ActiveThreads: 'Count',
  TotalTokens: 'Count',
  NormalThreads: 'Count',
  CautionThreads: 'Count',
  NearLimitThreads: 'Count',
  OverLimitThreads: 'Count',
  RemainingThreads: 'Count',
  LargestThread: 'Count',
  TokenLimit: 'Count',
  CleanupDuration: 'Milliseconds',
  CleanupCompleted: 'Count',
  CleanupPaused: 'Count',
} as const;

/** Those that a cleanup of several databases writes: one set for all of them. */
export const FLEET_METRICS = {
  ...METRICS,
  Databases: 'Count',
  FailedDatabases: 'Count',
} as const;
export type MetricName = keyof typeof FLEET_METRICS;

export const METRIC_NAMESPACE = 'ThreadCleanup';
