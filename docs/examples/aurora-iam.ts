import { SecretValue, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ThreadCleanup } from 'whatsapp-thread-cleanup';

/** Aurora with a login by IAM. The secret that RDS manages is the master user's; the cleanup gets one with the address alone. */
export class AuroraIamStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc');
    const cluster = new DatabaseCluster(this, 'Database', {
      vpc,
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_18_4 }),
      writer: ClusterInstance.serverlessV2('Writer'),
      manageMasterUserPassword: true,
      iamAuthentication: true,
      defaultDatabaseName: 'whatsapp',
    });
    const address = new Secret(this, 'Address', {
      secretObjectValue: {
        // RDS's own endpoint: the token is made for this name.
        host: SecretValue.unsafePlainText(cluster.clusterEndpoint.hostname),
        dbname: SecretValue.unsafePlainText('whatsapp'),
      },
    });

    const cleanup = new ThreadCleanup(this, 'Cleanup', {
      databaseSecret: address,
      databaseIamAuth: { user: 'thread_cleanup', resourceId: cluster.clusterResourceIdentifier },
      vpc,
      // Remove this line once the assistant has created its table, and the role exists.
      verifyOnDeploy: false,
    });
    cleanup.connections.allowToDefaultPort(cluster);
  }
}
