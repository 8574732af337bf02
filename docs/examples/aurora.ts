import { Stack, TimeZone } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ThreadCleanup } from 'whatsapp-thread-cleanup';

/** Aurora with the secret that RDS manages itself, which has user and password only: the rest comes from the cluster. */
export class AuroraStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc');
    const cluster = new DatabaseCluster(this, 'Database', {
      vpc,
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_18_4 }),
      writer: ClusterInstance.serverlessV2('Writer'),
      manageMasterUserPassword: true,
      defaultDatabaseName: 'whatsapp',
    });

    const cleanup = new ThreadCleanup(this, 'Cleanup', {
      databaseSecret: cluster.secret!,
      databaseHost: cluster.clusterEndpoint.hostname,
      databasePort: cluster.clusterEndpoint.port,
      databaseName: 'whatsapp',
      vpc,
      schedule: ScheduleExpression.cron({ minute: '0', hour: '3', timeZone: TimeZone.AMERICA_BOGOTA }),
      // Remove this line once the assistant has created its table.
      verifyOnDeploy: false,
    });
    cleanup.connections.allowToDefaultPort(cluster);
  }
}
